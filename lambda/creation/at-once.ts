import pLimit from 'p-limit';

/** So many reads of one operation are under way at once: each holds a connection, and Lambda allows 1,024 open files. */
export const READS_AT_ONCE = 50;

/** The results in the order of the items, with no more than so many reads under way. @throws what the first that fails throws */
export function readEach<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const limit = pLimit(READS_AT_ONCE);
  const results = Promise.all(items.map((item) => limit(() => read(item))));
  return results.catch((error: unknown) => {
    // What has failed is not read on behind its caller's back.
    limit.clearQueue();
    throw error;
  });
}
