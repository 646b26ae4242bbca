import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../lambda/creation/ports.ts';
import { type Answer, ask, NoAnswerError } from './ask.ts';
import { addressOf, needsKey, type Step } from './steps.ts';

/** The HTTP API cuts a caller off after 30 s; a step that takes longer has lost its connection. */
const TIMEOUTS = { stepMs: 35_000, walkMs: 180_000 } as const;
/** The gateway's own 429 is no fault of the deployment: at its lowest setting it lets one request a second through. */
const GATEWAY_TRIES = 5;
const GATEWAY_PAUSE_MS = 1_000;
const TOO_MANY_REQUESTS = 429;
/** So much of an unexpected answer is shown. */
const SHOWN_LENGTH = 300;

/** A step as it went. */
export interface StepResult {
  readonly step: Step;
  readonly got: string;
  readonly ms: number;
  /** What is wrong, in whole sentences; empty if nothing is. */
  readonly faults: readonly string[];
}

export interface WalkSettings {
  /** Without a slash at the end. */
  readonly url: string;
  /** Undefined: only what a stranger may see is walked. */
  readonly apiKey: string | undefined;
  readonly clock?: Clock;
  readonly timeouts?: { readonly stepMs: number; readonly walkMs: number };
}

const REAL_CLOCK: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
};

/** Walks the steps one after another; a decisive one that fails, and a lost connection, end it. */
export async function walk(steps: readonly Step[], settings: WalkSettings): Promise<readonly StepResult[]> {
  const { apiKey, clock = REAL_CLOCK, timeouts = TIMEOUTS } = settings;
  const ending = AbortSignal.timeout(timeouts.walkMs);
  const askStep = (step: Step) => {
    const { path, headers } = addressOf(step, apiKey);
    const { method, body } = step;
    const asked = { method, url: `${settings.url}${path}`, headers, ...(body !== undefined && { body }) };
    return ask(asked, apiKey ?? '', AbortSignal.any([AbortSignal.timeout(timeouts.stepMs), ending]));
  };
  const results: StepResult[] = [];
  for (const step of steps) {
    if (needsKey(step) && apiKey === undefined) continue;
    const startedMs = clock.nowMs();
    const answer = await patiently(() => askStep(step), clock, ending);
    const result = { step, ms: clock.nowMs() - startedMs, ...judge(step, answer) };
    results.push(result);
    const isLost = answer instanceof NoAnswerError;
    if (isLost || (step.isDecisive && result.faults.length > 0)) break;
  }
  return results;
}

async function patiently(
  askOnce: () => Promise<Answer>,
  clock: Clock,
  ending: AbortSignal,
): Promise<Answer | NoAnswerError> {
  try {
    for (let tries = 1; ; tries += 1) {
      const answer = await askOnce();
      if (!isThrottle(answer) || tries === GATEWAY_TRIES) return answer;
      await clock.sleep(GATEWAY_PAUSE_MS, ending);
    }
  } catch (error) {
    if (error instanceof NoAnswerError) return error;
    throw error;
  }
}

function judge({ expected, hint }: Step, answer: Answer | NoAnswerError): Pick<StepResult, 'got' | 'faults'> {
  if (answer instanceof NoAnswerError) return { got: 'no answer', faults: [sentence(answer.message)] };
  const code = fieldOf(answer, 'code');
  const got = [answer.status, code ?? fieldOf(answer, 'message') ?? fieldOf(answer, 'version')]
    .filter((part) => part !== undefined)
    .join(' ');
  const isAsExpected =
    answer.status === expected.status && (expected.code === undefined || expected.code === code);
  if (!isAsExpected) return { got, faults: [...(hint === undefined ? [] : [hint]), ...said(answer)] };
  const wrong = expected.json?.safeParse(answer.json).error?.issues[0];
  if (!wrong) return { got, faults: [] };
  const place = wrong.path.join('/');
  return { got, faults: [`The JSON of the answer is not as expected at /${place}.`, ...said(answer)] };
}

/** What the answer itself says: our problem documents say what is wrong and what to do. */
function said(answer: Answer): string[] {
  const told = [fieldOf(answer, 'detail'), fieldOf(answer, 'whatToDo')].filter((part) => part !== undefined);
  if (told.length > 0) return told;
  return [answer.text === '' ? 'The answer is empty.' : `The answer begins: ${shown(answer.text)}`];
}

/** API Gateway's own 429: its answers have a message and no code. */
function isThrottle(answer: Answer): boolean {
  return (
    answer.status === TOO_MANY_REQUESTS &&
    fieldOf(answer, 'code') === undefined &&
    fieldOf(answer, 'message') !== undefined
  );
}

function fieldOf({ json }: Answer, name: string): string | undefined {
  const field: unknown =
    typeof json === 'object' && json !== null
      ? Object.entries(json).find(([key]) => key === name)?.[1]
      : undefined;
  return typeof field === 'string' ? shown(field) : undefined;
}

/** On one line, without what would steer a terminal. */
function shown(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
