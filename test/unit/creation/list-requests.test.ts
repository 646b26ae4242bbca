import { beforeEach, describe, expect, it } from 'vitest';
import { createGroup } from '../../../lambda/creation/create-group.ts';
import { type Cursor, type Listing, listRequests } from '../../../lambda/creation/list-requests.ts';
import { Bench, START_MS } from '../harness.ts';

const DAY_MS = 24 * 60 * 60_000;

let bench: Bench;
beforeEach(async () => {
  bench = new Bench();
});

/** One a day, the first is created, the others wait. */
async function askDaily(days: number): Promise<void> {
  await bench.service().locks.pause('1101000001', 'default', START_MS);
  for (let day = 0; day < days; day += 1) {
    const wish = { groupName: `Day ${day}`, chatIds: ['79001234568@c.us'], wanted: '1101000001' };
    await createGroup(bench.service(), wish, { keyName: 'default' }, 'queue');
    bench.clock.advance(DAY_MS);
  }
}

async function allPages(listing: Omit<Listing, 'cursor'>): Promise<{ names: string[]; pages: number[] }> {
  const names: string[] = [];
  const pages: number[] = [];
  let cursor: Cursor | undefined;
  do {
    const page = await listRequests(bench.service(), { ...listing, ...(cursor && { cursor }) });
    names.push(...page.requests.map(({ groupName }) => groupName));
    pages.push(page.requests.length);
    cursor = page.cursor;
  } while (cursor);
  return { names, pages };
}

const newestFirst = (days: number) => Array.from({ length: days }, (_, index) => `Day ${days - 1 - index}`);

describe('the list of requests', () => {
  it('has all of them, newest first, over the turns of months, whatever the size of a page', async () => {
    await askDaily(75);
    for (const limit of [1, 7, 50, 100]) {
      const { names, pages } = await allPages({ limit });
      expect(names).toEqual(newestFirst(75));
      expect(Math.max(...pages)).toBeLessThanOrEqual(limit);
    }
  });

  it('by status has those alone, none twice', async () => {
    await askDaily(40);
    for (const [key, item] of bench.memory.items) {
      if (/Day [0-9]*[05]$/.test(String(item['groupName']))) {
        bench.memory.items.set(key, { ...item, status: 'cancelled' });
      }
    }
    for (const limit of [1, 3, 100]) {
      const { names } = await allPages({ limit, status: 'cancelled' });
      expect(names).toEqual(newestFirst(40).filter((name) => /[05]$/.test(name)));
    }
  });

  it('reads no more than a bounded number of records for one page, and goes on from there', async () => {
    await askDaily(1);
    let reads = 0;
    const service = bench.service();
    const month = new Date(bench.clock.nowMs()).toISOString().slice(0, 7);
    service.queue.history = async (asked, { before, limit }) => {
      if (asked !== month) return [];
      const newest = before?.placeMs ?? 10_000;
      return Array.from({ length: Math.min(limit, newest) }, (_, index) => ({
        placeMs: newest - 1 - index,
        id: 'x',
      }));
    };
    service.requests.readMany = async (ids) => {
      reads += ids.length;
      return [];
    };
    const page = await listRequests(service, { limit: 100, status: 'failed' });
    expect(reads).toBe(300);
    expect(page).toEqual({ requests: [], cursor: { month, before: { placeMs: 9_700, id: 'x' } } });
  });

  it('ends sixteen months back', async () => {
    const months: string[] = [];
    const service = bench.service();
    service.queue.history = async (month) => {
      months.push(month);
      return [];
    };
    expect(await listRequests(service, { limit: 10 })).toEqual({ requests: [], cursor: undefined });
    expect(months).toHaveLength(16);
    expect([months[0], months.at(-1)]).toEqual(['2026-01', '2024-10']);
  });
});
