import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { GroupPacerError } from '../../lambda/errors.ts';

/** How long a program has to end by itself before it is killed. */
const GRACE_MS = 5_000;
/** So much of the end of what a command printed is shown when it fails. */
const SHOWN_CHARACTERS = 3_000;
/** How often this process looks whether whoever started it is still there. */
const ORPHAN_CHECK_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A shell's convention for the exit code of what a signal ended. */
const SIGNAL_EXIT_BASE = 128;

/** A command could not be run, failed or took too long. The message ends with what it printed last. */
export class CommandError extends GroupPacerError {}

export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** The whole environment; without it, that of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly folder?: string;
  /** What it prints is shown at once. */
  readonly isShown?: boolean;
}

/** A program that runs. */
export interface Running {
  /** What it has printed so far, errors included. */
  output(): string;
  /** Its exit code, once it has ended; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Ends it and all that it has started. */
  stop(): Promise<void>;
}

/**
 * Programs in process groups of their own, with an open standard input: whichever way this script ends, signals included,
 * nothing that it started runs on.
 */
export class Processes implements AsyncDisposable {
  readonly #children = new Set<ChildProcess>();

  constructor() {
    for (const signal of SIGNALS) process.once(signal, () => void this.#endBy(signal));
    // npm hands its signals to a shell, which ends and tells nobody.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      void this.#endBy('SIGHUP');
    }, ORPHAN_CHECK_MS).unref();
    process.once('exit', () => {
      for (const child of this.#children) signalGroup(child, 'SIGKILL');
    });
  }

  /** @throws CommandError where there is no such program */
  async start(command: Command): Promise<Running> {
    const { child, ended } = await this.#spawn(command);
    const output = collect(child.stdout, child.stderr);
    return { output, ended, stop: () => this.#stop(child) };
  }

  /** Runs a command to its end. @returns its standard output @throws CommandError */
  async run(command: Command, limitMs: number): Promise<string> {
    const { child, ended } = await this.#spawn(command);
    const [output, all] = [collect(child.stdout), collect(child.stdout, child.stderr)];
    const limit = new AbortController();
    const code = await Promise.race([ended, wait(limitMs, 'late' as const, { signal: limit.signal })]);
    limit.abort();
    if (code === 0) return output();
    await this.#stop(child);
    const how = code === 'late' ? `took more than ${limitMs} ms` : `ended with ${code}`;
    const said = all().trim().slice(-SHOWN_CHARACTERS);
    throw new CommandError(`${[command.program, ...command.arguments].join(' ')}\n${how}: ${said}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.#stop(child)));
  }

  async #spawn({ program, arguments: given, environment, folder, isShown }: Command) {
    const child = spawn(program, given, {
      detached: true,
      stdio: 'pipe',
      ...(environment && { env: environment }),
      ...(folder !== undefined && { cwd: folder }),
    });
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new CommandError(`${program} cannot be run`, { cause: error });
    }
    this.#children.add(child);
    if (isShown) {
      child.stdout.pipe(process.stdout, { end: false });
      child.stderr.pipe(process.stderr, { end: false });
    }
    const ended = once(child, 'close').then(() => {
      signalGroup(child, 'SIGKILL');
      this.#children.delete(child);
      return child.exitCode;
    });
    return { child, ended };
  }

  async #stop(child: ChildProcess): Promise<void> {
    if (!this.#children.has(child)) return;
    const closed = once(child, 'close');
    signalGroup(child, 'SIGTERM');
    const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
    await closed;
    clearTimeout(kill);
  }

  async #endBy(signal: (typeof SIGNALS)[number]): Promise<void> {
    console.log(`\n${signal}: stopping what was started`);
    await this[Symbol.asyncDispose]();
    process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]);
  }
}

function collect(...streams: readonly NodeJS.ReadableStream[]): () => string {
  const chunks: Buffer[] = [];
  for (const stream of streams) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Reaches all that the program has started, also once it has ended itself. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}
