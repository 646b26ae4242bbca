import * as z from 'zod/mini';
import { run } from './command.ts';

/** Longer than the slowest call here: four POSTs, each cut off, or a sleep of one interval. */
const CALL_LIMIT_MS = 60_000;

/** One createGroup, as it is told to a client in a process of its own. */
export interface GroupCall {
  readonly host: string;
  readonly idInstance: string;
  readonly token: string;
  readonly groupName: string;
  readonly chatIds: readonly string[];
  /** How long the client waits for an answer; missing: as long as it does by default. */
  readonly timeoutSeconds?: number;
}

const surfaced = z.object({
  /** The form in which the caller gets it, e.g. `AxiosError ERR_BAD_REQUEST`. */
  as: z.string(),
  /** Null where the client gave up without an answer. */
  status: z.nullable(z.number()),
  retryAfter: z.nullable(z.string()),
  body: z.unknown(),
});

/** What a client gave its caller. */
export type Surfaced = z.infer<typeof surfaced>;

/** One of GREEN-API's own clients. */
export interface Client {
  readonly name: string;
  /** @throws CommandError when the process itself fails */
  createGroup(call: GroupCall): Promise<Surfaced>;
}

/** A client behind a command that reads a GroupCall and writes what was surfaced, both as JSON. */
export function clientOf(name: string, file: string, args: readonly string[]): Client {
  return {
    name,
    async createGroup(call) {
      const output = await run({
        file,
        args,
        limitMs: CALL_LIMIT_MS,
        input: JSON.stringify(call),
        // All is on loopback: no proxy of this machine has a part in it.
        env: { PATH: process.env['PATH'], NO_PROXY: '*', PYTHONUTF8: '1' },
      });
      return surfaced.parse(JSON.parse(output));
    },
  };
}
