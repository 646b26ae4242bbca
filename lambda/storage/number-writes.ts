import { createHash } from 'node:crypto';
import { any, atMost, type Item, missing, type Put } from './table.ts';
import { PARTITION_KEY, TTL_ATTRIBUTE } from './table-layout.ts';

const MS_IN_A_SECOND = 1_000;
const DAY_MS = 24 * 60 * 60 * MS_IN_A_SECOND;
/** How long what was found out of a number counts. */
export const NUMBER_KEEP_MS = 30 * DAY_MS;

/** A digest: a phone number stands neither in a key nor in an attribute. */
export const numberKey = (chatId: string): string =>
  `number#${createHash('sha256').update(chatId).digest('hex')}`;

/** Nothing newer is overwritten by what was found out before it. */
export function remember(isOnWhatsApp: boolean, checkedAtMs: number): Put {
  return {
    item: {
      isOnWhatsApp,
      checkedAtMs,
      [TTL_ATTRIBUTE]: Math.ceil((checkedAtMs + NUMBER_KEEP_MS) / MS_IN_A_SECOND),
    },
    condition: any(missing(PARTITION_KEY), atMost('checkedAtMs', checkedAtMs)),
  };
}

/** Whether the number is on WhatsApp, as far as that is remembered and still counts. */
export function rememberedOf(item: Item | undefined, nowMs: number): boolean | undefined {
  if (!item || nowMs >= Number(item['checkedAtMs']) + NUMBER_KEEP_MS) return undefined;
  return item['isOnWhatsApp'] === true;
}
