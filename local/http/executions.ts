import type { Context } from 'aws-lambda';

/** How far past its deadline an execution may be before nothing is certain any more (docs/lock-protocol.md). */
export const OVERDUE_GRACE_MS = 1_000;
/** How often the wall clock is read. One long timer would not do: it stands still while a computer sleeps. */
const OVERDUE_CHECK_MS = 200;

const FUNCTION_NAME = 'group-pacer';

export type Handler<Event> = (event: Event, context: Context) => Promise<unknown>;

export interface ExecutionsSettings<Event> {
  readonly handler: Handler<Event>;
  /** The function's time-out. */
  readonly executionSeconds: number;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** An execution has not returned a second after its deadline. On Lambda it would be dead; here it still runs. */
  readonly onOverdue: (reason: string) => void;
}

/** Runs the function as Lambda does, but in this process: several at once, each with its own deadline. */
export interface Executions<Event> {
  /** Rejects with what the function throws. */
  run(event: Event, requestId: string): Promise<unknown>;
  running(): number;
  /** Resolves once none is running. */
  settled(): Promise<void>;
}

export function createExecutions<Event>(settings: ExecutionsSettings<Event>): Executions<Event> {
  const { handler, executionSeconds, nowMs } = settings;
  const running = new Set<Promise<unknown>>();

  async function run(event: Event, requestId: string): Promise<unknown> {
    const deadlineMs = nowMs() + executionSeconds * 1_000;
    const context = contextOf(requestId, () => Math.max(0, deadlineMs - nowMs()));
    const endWatch = watchDeadline(settings, deadlineMs, requestId);
    const returned = Promise.resolve().then(() => handler(event, context));
    running.add(returned);
    try {
      return await returned;
    } finally {
      running.delete(returned);
      endWatch();
    }
  }

  async function settled(): Promise<void> {
    while (running.size > 0) await Promise.allSettled(running);
  }

  return { run, running: () => running.size, settled };
}

/** @returns ends the watch; one that came back late is told then, though nobody has seen it hang. */
function watchDeadline(
  { executionSeconds, nowMs, onOverdue }: Omit<ExecutionsSettings<never>, 'handler'>,
  deadlineMs: number,
  requestId: string,
): () => void {
  let told = false;
  const check = () => {
    const overMs = nowMs() - deadlineMs;
    if (told || overMs < OVERDUE_GRACE_MS) return;
    told = true;
    onOverdue(
      `the execution ${requestId} is ${Math.round(overMs)} ms past its deadline of ${executionSeconds} s, as after the ` +
        'computer slept: what it still does can no longer be relied on',
    );
  };
  const timer = setInterval(check, OVERDUE_CHECK_MS);
  return () => {
    check();
    clearInterval(timer);
  };
}

function contextOf(requestId: string, getRemainingTimeInMillis: () => number): Context {
  return {
    functionName: FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${FUNCTION_NAME}`,
    memoryLimitInMB: '512',
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${FUNCTION_NAME}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
