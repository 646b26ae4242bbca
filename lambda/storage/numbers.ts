import type { Numbers } from '../creation/ports.ts';
import * as numberWrites from './number-writes.ts';
import type { Table } from './table.ts';

/** What is remembered of numbers, in the one table. */
export function createNumbers(table: Table): Numbers {
  return {
    async known(chatIds, nowMs) {
      const keys = new Map(chatIds.map((chatId) => [chatId, numberWrites.numberKey(chatId)]));
      const items = await table.readMany([...keys.values()]);
      const known = new Map<string, boolean>();
      for (const [chatId, key] of keys) {
        const isOnWhatsApp = numberWrites.rememberedOf(items.get(key), nowMs);
        if (isOnWhatsApp !== undefined) known.set(chatId, isOnWhatsApp);
      }
      return known;
    },
    async remember(chatId, isOnWhatsApp, nowMs) {
      // Refused: somebody has found out later what is so.
      await table.put(numberWrites.numberKey(chatId), numberWrites.remember(isOnWhatsApp, nowMs));
    },
  };
}
