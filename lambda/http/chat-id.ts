/** How a member may be given: GREEN-API's chat id, or a phone number as people write it. */
const PERSONAL_CHAT_ID = /^(\d+)@c\.us$/;
/** E.164 has 15 digits at most; GREEN-API's documentation speaks of 16. */
const INTERNATIONAL_NUMBER = /^[1-9]\d{6,15}$/;
const WRITTEN_NUMBER = /^\+?[\d\s().\u2010-\u2015-]+$/;
const NOT_A_DIGIT = /\D/g;

/** GREEN-API docs, chat id: `120363043968066561@g.us`, formerly `79001234568-1581234567@g.us`. */
const GROUP_CHAT_ID = /^\d{1,30}(?:-\d{1,30})?@g\.us$/;

const WHAT_IS_RIGHT =
  'give a chat id such as 79001234568@c.us or an international phone number such as +7 900 123-45-68';

/** A chat id, or what is wrong with it and what would be right. */
export type ChatIdResult = { readonly chatId: string } | { readonly fault: string };

/** `+7 900 123-45-68` → `79001234568@c.us` (GREEN-API docs, chat id). */
export function normaliseChatId(written: string): ChatIdResult {
  const text = written.trim();
  if (text.endsWith('@g.us')) return { fault: `is a group; a group cannot be a member: ${WHAT_IS_RIGHT}` };
  const isPersonal = PERSONAL_CHAT_ID.exec(text);
  if (!isPersonal && text.includes('@')) return { fault: `is no personal chat id; ${WHAT_IS_RIGHT}` };
  if (!isPersonal && !WRITTEN_NUMBER.test(text)) return { fault: `is no phone number; ${WHAT_IS_RIGHT}` };
  const digits = isPersonal?.[1] ?? text.replace(NOT_A_DIGIT, '');
  if (digits.startsWith('0'))
    return { fault: 'starts with 0; write the number with its country code, without leading zeros' };
  if (!INTERNATIONAL_NUMBER.test(digits))
    return {
      fault: `has ${digits.length} digits; an international number has 7 to 16: ${WHAT_IS_RIGHT}`,
    };
  return { chatId: `${digits}@c.us` };
}

/** A group's chat id as somebody copied it, or what would be right. An invite link is none: it does not tell the id. */
export function parseGroupChatId(written: string): ChatIdResult {
  const text = written.trim();
  return GROUP_CHAT_ID.test(text)
    ? { chatId: text }
    : { fault: 'is no chat id of a group; give the whole one, such as 120363043968066561@g.us' };
}
