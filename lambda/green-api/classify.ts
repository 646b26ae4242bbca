import type { Outcome } from '../creation/outcome.ts';
import { isObject, messageIn, parseJson, quotaWordsIn } from './body.ts';
import { toDetail } from './detail.ts';
import {
  BLOCKED_STATUSES,
  BLOCKED_TEXTS,
  GROUP_CHAT_ID,
  isRedirect,
  MAX_INVITE_LINK_LENGTH,
  OVERLIMIT_TEXT,
  QUOTA_STATUS,
  RATE_STATUS,
  REJECTED_TEXT,
  TOO_LARGE_STATUS,
  TOO_LARGE_TEXT,
} from './facts.ts';

/**
 * What a whole answer to createGroup means. Never throws. What the facts do not decide is `unknown`: a group that exists
 * must not be made again, so 499, 502, 503 and 504 (something in front of GREEN-API gave up), every other 500
 * (`Timed Out` above all: WhatsApp may have created the group) and every other 4xx are.
 * @param text the body, of any kind
 */
export function classify(status: number, text: string, apiTokenInstance: string): Outcome {
  const message = messageIn(text);
  const detail = toDetail(message, apiTokenInstance) || `HTTP ${status} without a text`;
  return (
    (status === 200 ? createdIn(text) : undefined) ??
    byStatus(status, status === QUOTA_STATUS ? toDetail(quotaWordsIn(text), apiTokenInstance) : detail) ??
    byText(status, message, detail) ?? { kind: 'unknown', answered: true, detail }
  );
}

/** What the status alone decides, for an answer whose body is not there to be read, too. */
export function byStatus(status: number, detail: string): Outcome | undefined {
  const cause = isRedirect(status) ? 'redirected' : BLOCKED_STATUSES.get(status);
  if (cause !== undefined) return { kind: 'blocked', cause, detail };
  switch (status) {
    case RATE_STATUS:
      return { kind: 'throttled', limit: 'rate', detail };
    case QUOTA_STATUS:
      return { kind: 'throttled', limit: 'quota', detail };
    case TOO_LARGE_STATUS:
      return { kind: 'refused', detail };
    default:
      return undefined;
  }
}

function byText(status: number, message: string, detail: string): Outcome | undefined {
  switch (status) {
    case 400: {
      const cause = BLOCKED_TEXTS.find(({ text }) => text.test(message))?.cause;
      return cause === undefined ? { kind: 'refused', detail } : { kind: 'blocked', cause, detail };
    }
    case 500:
      if (OVERLIMIT_TEXT.test(message)) return { kind: 'overlimit', detail };
      if (REJECTED_TEXT.test(message)) return { kind: 'rejected', detail };
      return TOO_LARGE_TEXT.test(message) ? { kind: 'refused', detail } : undefined;
    default:
      return undefined;
  }
}

/** A 200 is a success only if it says so in every part; some of GREEN-API's methods put errors into a 200. */
function createdIn(text: string): Outcome | undefined {
  const body = parseJson(text);
  if (!isObject(body)) return undefined;
  const { created, chatId, groupInviteLink } = body;
  if (created !== true || typeof chatId !== 'string' || !GROUP_CHAT_ID.test(chatId)) return undefined;
  return { kind: 'created', chatId, groupInviteLink: isLink(groupInviteLink) ? groupInviteLink : '' };
}

function isLink(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_INVITE_LINK_LENGTH;
}
