import pLimit from 'p-limit';
import { throttledMs } from '../pacing/cool-down.ts';
import { CALL_TIMEOUT_MS, SETTLE_RESERVE_MS, TAKE_RESERVE_MS } from '../pacing/limits.ts';
import type { Candidate } from './pool.ts';
import type { Instance } from './ports.ts';
import type { Service } from './service.ts';
import type { Wish } from './wish.ts';

/** GREEN-API answers ten a second: so many in hand keep that pace even if each answer takes a second. */
const NUMBERS_AT_ONCE = 10;
/** What a caller's patience keeps back: for the questions that are under way when the asking ends, then for the creation. */
const CREATION_RESERVE_MS = 17_000;
/** When to send again what ran out of time: at once, it goes on. */
const GO_ON_RETRY_MS = 1_000;
/** When to send again what GREEN-API gave no clear answer to. */
const TROUBLE_RETRY_MS = 30_000;

/** GREEN-API tells of numbers of 11 digits and more (its docs, checkWhatsapp [C]); shorter ones are real all the same, and pass. */
const CHECKABLE = /^\d{11,16}@c\.us$/;

/** What became of the members' numbers before anything is sent. */
export type Verification =
  | {
      readonly kind: 'verified';
      /** With the members that are kept: these are to be POSTed. */
      readonly wish: Wish;
      readonly droppedChatIds: readonly string[];
      /** Whether GREEN-API was asked, so that what was read before is stale. */
      readonly wasAsked: boolean;
    }
  | NotVerified;

/** Nothing is sent and no request is stored; its claim stays. */
export type NotVerified =
  /** The members that are not on WhatsApp, as far as is known, in the order of the wish. */
  | { readonly kind: 'not-on-whatsapp'; readonly chatIds: readonly string[] }
  /** It is not known of all. What was found out is remembered: the same request sent again goes on. */
  | (Stop & { readonly kind: 'unverified'; readonly untilMs: number });

/** Why the asking ended early. `no-time`: there are more numbers than one execution can ask about. */
export interface Stop {
  readonly cause: 'quota' | 'other' | 'no-time';
  /** GREEN-API's own words, without numbers. */
  readonly detail?: string;
}

/** What has been found out in this execution. */
interface Found {
  readonly told: Map<string, boolean>;
  readonly stops: Stop[];
}

/**
 * Finds out whether the members are on WhatsApp, if the deployment wants that: a number that is not can make the whole creation fail
 * (GREEN-API, issue 544 [O]) and get the sender banned [C]. First from what is remembered, then from the candidates, one after another.
 * @throws StorageError
 */
export async function verifyNumbers(
  service: Service,
  wish: Wish,
  ranked: readonly Candidate[],
): Promise<Verification> {
  const { clock, numbers, verifyNumbers: mode } = service;
  if (mode === 'off') return { kind: 'verified', wish, droppedChatIds: [], wasAsked: false };
  const known = await numbers.known(wish.chatIds, clock.nowMs());
  const unknown = wish.chatIds.filter((chatId) => CHECKABLE.test(chatId) && !known.has(chatId));
  const { told, stop } = await ask(service, unknown, ranked);
  const isAbsent = (chatId: string) => (known.get(chatId) ?? told.get(chatId)) === false;
  const absent = wish.chatIds.filter(isAbsent);
  const isHopeless = mode === 'reject' ? absent.length > 0 : absent.length === wish.chatIds.length;
  if (isHopeless) return { kind: 'not-on-whatsapp', chatIds: absent };
  if (stop) return { kind: 'unverified', ...stop, untilMs: retryAtMs(stop, clock.nowMs()) };
  return {
    kind: 'verified',
    wish: { ...wish, chatIds: wish.chatIds.filter((chatId) => !isAbsent(chatId)) },
    droppedChatIds: absent,
    wasAsked: unknown.length > 0,
  };
}

/** Asks about numbers on the instance that opens first; what it does not tell, on the next. */
async function ask(
  service: Service,
  chatIds: readonly string[],
  ranked: readonly Candidate[],
): Promise<{ readonly told: ReadonlyMap<string, boolean>; readonly stop: Stop | undefined }> {
  const found: Found = { told: new Map(), stops: [] };
  const untilMs = lastQuestionMs(service);
  let open = chatIds;
  for (const { instance } of ranked) {
    if (open.length === 0) break;
    await askOn(service, instance, open, untilMs, found);
    open = open.filter((chatId) => !found.told.has(chatId));
  }
  // A quota is out for long: whatever may pass sooner is said first.
  const { told, stops } = found;
  const stop = stops.find(({ cause }) => cause !== 'quota') ?? stops[0];
  return { told, stop: open.length === 0 ? undefined : stop };
}

/** Until when a question may be put. Each is bounded in time by itself. */
function lastQuestionMs({ execution: { answerByMs, deadlineMs } }: Service): number {
  const aCallMs = TAKE_RESERVE_MS + CALL_TIMEOUT_MS + SETTLE_RESERVE_MS;
  return Math.min(answerByMs - CREATION_RESERVE_MS, deadlineMs - aCallMs);
}

/** Until all is told, or the first that is not, which the instance would not tell of the others either. */
async function askOn(
  { clock, lookUps, numbers, execution }: Service,
  instance: Instance,
  chatIds: readonly string[],
  untilMs: number,
  { told, stops }: Found,
): Promise<void> {
  const before = stops.length;
  const limit = pLimit(NUMBERS_AT_ONCE);
  const askOne = async (chatId: string) => {
    if (stops.length > before) return;
    if (clock.nowMs() >= untilMs) {
      stops.push({ cause: 'no-time' });
      return;
    }
    const answer = await lookUps.isOnWhatsApp(instance, chatId, execution.signal);
    if (answer.kind === 'untold') {
      stops.push({ cause: answer.cause, detail: answer.detail });
      return;
    }
    told.set(chatId, answer.value);
    await numbers.remember(chatId, answer.value, clock.nowMs());
  };
  await Promise.all(chatIds.map((chatId) => limit(() => askOne(chatId)))).catch((error: unknown) => {
    // What cannot be remembered is not asked behind its caller's back.
    limit.clearQueue();
    throw error;
  });
}

function retryAtMs({ cause }: Stop, nowMs: number): number {
  switch (cause) {
    case 'quota':
      return nowMs + throttledMs('quota', nowMs);
    case 'other':
      return nowMs + TROUBLE_RETRY_MS;
    case 'no-time':
      return nowMs + GO_ON_RETRY_MS;
  }
}
