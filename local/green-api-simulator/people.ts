import { createHash } from 'node:crypto';
import type { SimulatedInstance } from './account.ts';

const LID_DIGITS = 14;

/** An instance's own number as a chat id. */
export function ownChatId({ ownPhone }: Pick<SimulatedInstance, 'ownPhone'>): string {
  return `${ownPhone}@c.us`;
}

/** WhatsApp's other name for a person, which does not tell the number; always the same for the same person. */
export function lidOf(chatId: string): string {
  return `${digitsFrom(chatId, LID_DIGITS)}@lid`;
}

/** So many digits that look like chance, but are always the same for the same text. */
export function digitsFrom(text: string, length: number): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return BigInt(`0x${hash}`).toString().slice(-length).padStart(length, '0');
}
