import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Account, type SimulatedInstance } from './account.ts';
import { serveAdmin } from './admin.ts';
import type { ErrorBody } from './answers.ts';
import { type HandMade, makeByHand, renameByHand } from './by-hand.ts';
import { CallLog, type RecordedCall } from './call-log.ts';
import { type FaultsInput, parseFaults } from './faults.ts';
import type { SimulatedGroup } from './groups.ts';
import { SimulatorError } from './input.ts';
import { Journal, type RecordedPost } from './journal.ts';
import type { World } from './methods/method.ts';
import { serveCall } from './serve-call.ts';
import type { SpacingViolation } from './spacing.ts';
import { Timers } from './timers.ts';

export type { SimulatedInstance } from './account.ts';
export type { HandMade } from './by-hand.ts';
export type { RecordedCall } from './call-log.ts';
export type { AnswerName, Faults, FaultsInput } from './faults.ts';
export type { SimulatedGroup } from './groups.ts';
export { SimulatorError } from './input.ts';
export type { Ending, RecordedPost, Stage } from './journal.ts';
export type { LookUpAnswer } from './look-up-faults.ts';
export type { SpacingViolation } from './spacing.ts';

const LOOPBACK = '127.0.0.1';

/** GREEN-API's reference: one group every five minutes [C]. */
const DEFAULT_SPACING_SECONDS = 300;

export interface SimulatorOptions {
  readonly instances: readonly SimulatedInstance[];
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Milliseconds since the epoch, for time stamps, rates and spacing; delays are real. */
  readonly nowMs?: () => number;
  /** Uniform in [0, 1): the ids of groups and invitations. */
  readonly random?: () => number;
  /** What counts as too soon in the log (300). Nothing is refused for it: GREEN-API does not either [C]. */
  readonly spacingSeconds?: number;
  /** The body of the 403 for an instance that does not exist (`text`); that of 401 and 429 is a fault. */
  readonly errorBody?: ErrorBody;
  /** One line for each createGroup POST that has ended, for a person to read; it holds no token and no phone number. */
  readonly onEvent?: (line: string) => void;
}

/** A stand-in for GREEN-API that is listening. */
export interface Simulator {
  /** Without a trailing slash: an instance's `apiUrl`. */
  readonly url: string;
  /** Stops listening and drops at once what hangs or waits; groups that were still to come do not. */
  close(): Promise<void>;
  /** createGroup POSTs in order of arrival, of one instance or of all. */
  posts(idInstance?: string): readonly RecordedPost[];
  /** POSTs that came too soon, over all instances. */
  violations(): readonly SpacingViolation[];
  /** The latest calls that change nothing, of one instance or of all. */
  calls(idInstance?: string): readonly RecordedCall[];
  /** How many of those calls came too soon for GREEN-API's rate, and got 429. */
  rateViolations(idInstance?: string): number;
  /** The groups that came into being while it runs, of one instance or of all; those of long before only the look-ups show. */
  groups(idInstance?: string): readonly SimulatedGroup[];
  /** Replaces the faults of an instance. @throws SimulatorError for an unknown instance or a wrong field. */
  setFaults(idInstance: string, faults: FaultsInput): void;
  /** A group made on a phone. @throws SimulatorError for an unknown instance or a wrong field. */
  createByHand(idInstance: string, group: HandMade): SimulatedGroup;
  /** The instance's own number gives a group another name. @throws SimulatorError for an unknown instance or group, or a wrong name. */
  renameByHand(idInstance: string, chatId: string, groupName: string): SimulatedGroup;
}

/** Starts a simulator on the loopback. Rejects with Node's own error when the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  let closing = false;
  const nowMs = options.nowMs ?? Date.now;
  const accounts = new Map(
    options.instances.map((instance) => [instance.idInstance, new Account(instance)] as const),
  );
  const world: World = {
    accounts,
    journal: new Journal(nowMs, (options.spacingSeconds ?? DEFAULT_SPACING_SECONDS) * 1000),
    callLog: new CallLog(),
    timers: new Timers(),
    nowMs,
    random: options.random ?? Math.random,
    errorBody: options.errorBody ?? 'text',
    onEvent: options.onEvent,
    closing: () => closing,
  };
  const server = createServer((request, response) => {
    const serve = request.url?.startsWith('/simulator/') ? serveAdmin : serveCall;
    void serve(world, request, response);
  });
  server.listen(options.port ?? 0, LOOPBACK);
  await once(server, 'listening');

  return {
    url: `http://${LOOPBACK}:${portOf(server)}`,
    async close() {
      closing = true;
      world.timers.stop();
      await stop(server);
    },
    posts: (idInstance) => world.journal.posts(idInstance),
    violations: () => world.journal.violations(),
    groups: (idInstance) => [...accountsOf(accounts, idInstance)].flatMap(({ groups }) => groups),
    calls: (idInstance) => world.callLog.calls(idInstance),
    rateViolations: (idInstance) => world.callLog.rateViolations(idInstance),
    setFaults: (idInstance, faults) => accountOf(accounts, idInstance).setFaults(parseFaults(faults)),
    createByHand: (idInstance, group) => makeByHand(accountOf(accounts, idInstance), group, world),
    renameByHand(idInstance, chatId, groupName) {
      const renamed = renameByHand(accountOf(accounts, idInstance), chatId, { groupName }, world);
      if (renamed === undefined) throw new SimulatorError(`There is no group ${chatId} here`);
      return renamed;
    },
  };
}

function accountOf(accounts: ReadonlyMap<string, Account>, idInstance: string): Account {
  const account = accounts.get(idInstance);
  if (account === undefined) throw new SimulatorError(`There is no instance ${idInstance} here`);
  return account;
}

function accountsOf(accounts: ReadonlyMap<string, Account>, idInstance?: string): Iterable<Account> {
  if (idInstance === undefined) return accounts.values();
  const account = accounts.get(idInstance);
  return account === undefined ? [] : [account];
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new SimulatorError('The simulator listens on no TCP port');
  }
  return address.port;
}

/** Ends idle, busy and hanging connections alike. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
