import { beforeEach, describe, expect, it } from 'vitest';
import type { Numbers } from '../../lambda/creation/ports.ts';
import { createNumbers } from '../../lambda/storage/numbers.ts';
import type { Table } from '../../lambda/storage/table.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2031, 0, 5);
/** A WhatsApp group's most members. */
const MOST_MEMBERS = 1_023;
/** Of `79001234568@c.us`, by sha256sum. */
const SHA_256 = '9182c83351d6b3fe2d281980af7b03d26238fb01677eb8220f6f2c908eb44c58';

/** What is remembered of numbers in every engine alike. */
export function describeNumbers(engine: string, open: () => Promise<Table>): void {
  let table: Table;
  let numbers: Numbers;
  let round = 0;
  /** Rounds share a table: each has numbers of its own. */
  const own = (index: number) => `79${String(round * 10_000 + index).padStart(9, '0')}@c.us`;

  beforeEach(async () => {
    round += 1;
    table = await open();
    numbers = createNumbers(table);
  });

  describe(`${engine}: what is remembered of numbers`, () => {
    it('is only what was found out, on WhatsApp or not', async () => {
      await numbers.remember(own(1), true, NOW_MS);
      await numbers.remember(own(2), false, NOW_MS);
      expect(await numbers.known([own(3), own(2), own(1), own(2)], NOW_MS)).toEqual(
        new Map([
          [own(1), true],
          [own(2), false],
        ]),
      );
      expect(await numbers.known([], NOW_MS)).toEqual(new Map());
    });

    it('counts for 30 days, by its own instant and not by when DynamoDB collects it', async () => {
      await numbers.remember(own(1), true, NOW_MS);
      expect(await numbers.known([own(1)], NOW_MS + 30 * DAY_MS - 1)).toEqual(new Map([[own(1), true]]));
      expect(await numbers.known([own(1)], NOW_MS + 30 * DAY_MS)).toEqual(new Map());
    });

    it('is replaced by what was found out later, never by what was found out before', async () => {
      await numbers.remember(own(1), false, NOW_MS);
      await numbers.remember(own(1), true, NOW_MS + 1);
      await numbers.remember(own(1), false, NOW_MS);
      expect(await numbers.known([own(1)], NOW_MS)).toEqual(new Map([[own(1), true]]));
      await numbers.remember(own(1), false, NOW_MS + 1);
      expect(await numbers.known([own(1)], NOW_MS)).toEqual(new Map([[own(1), false]]));
    });

    it('is found for all members of the largest group', async () => {
      const members = Array.from({ length: MOST_MEMBERS }, (_, index) => own(index));
      const remembered = [0, 99, 100, 999, 1_000, MOST_MEMBERS - 1].map(own);
      for (const chatId of remembered) await numbers.remember(chatId, true, NOW_MS);
      const known = await numbers.known(members, NOW_MS);
      expect([...known.keys()].toSorted()).toEqual(remembered.toSorted());
    });

    it('holds no phone number, and can be collected after its 30 days', async () => {
      await numbers.remember('79001234568@c.us', true, NOW_MS);
      expect(await table.read(`number#${SHA_256}`)).toEqual({
        isOnWhatsApp: true,
        checkedAtMs: NOW_MS,
        ttlEpochSeconds: (NOW_MS + 30 * DAY_MS) / 1_000,
      });
    });
  });
}
