import { randomUUID } from 'node:crypto';
import { CALL_TIMEOUT_MS, SETTLE_RESERVE_MS, TAKE_RESERVE_MS } from '../lambda/pacing/limits.ts';
import { createExecutions, type ExecutionsSettings } from './http/executions.ts';

const MS_IN_A_SECOND = 1_000;

/** EventBridge's shortest is a minute; a timer of our own need not let anybody wait so long. */
const TICK_EVERY_MS = 5_000;
/** How far a tick looks ahead for slots: as far as the next but one. Whoever stops the service waits no longer than that and a call. */
const LOOK_AHEAD_MS = 2 * TICK_EVERY_MS;

/** What the stack's schedule sends. */
const DRAIN = { action: 'drain' } as const;

export type TicksSettings = Pick<ExecutionsSettings<typeof DRAIN>, 'handler' | 'nowMs' | 'onOverdue'> & {
  /** Told of a tick that failed. */
  readonly onError: (error: unknown) => void;
};

/** The stack's schedule as a timer: an execution that serves the queues, again and again. */
export interface Ticks {
  /** Executions under way. */
  running(): number;
  /** Starts no more, and waits for those under way. */
  stop(): Promise<void>;
}

export function startTicks({ onError, ...settings }: TicksSettings): Ticks {
  const executionSeconds =
    (LOOK_AHEAD_MS + TAKE_RESERVE_MS + CALL_TIMEOUT_MS + SETTLE_RESERVE_MS) / MS_IN_A_SECOND;
  const executions = createExecutions({ ...settings, executionSeconds });
  const tick = () => void executions.run(DRAIN, randomUUID()).catch(onError);
  tick();
  const timer = setInterval(tick, TICK_EVERY_MS);
  return {
    running: executions.running,
    stop: () => {
      clearInterval(timer);
      return executions.settled();
    },
  };
}
