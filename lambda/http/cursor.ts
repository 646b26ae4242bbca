import type { Cursor } from '../creation/list-requests.ts';

const CURSOR = /^(?<month>\d{4}-(?:0[1-9]|1[0-2]))(?:\/(?<placeMs>0|[1-9]\d{0,14})\/(?<id>[0-9a-f-]{36}))?$/;

/** A cursor as its callers hold it: a text that means nothing to them. */
export function writeCursor({ month, before }: Cursor): string {
  const text = before ? `${month}/${before.placeMs}/${before.id}` : month;
  return Buffer.from(text, 'utf8').toString('base64url');
}

/** The cursor that was written so; undefined if none was. */
export function readCursor(written: string): Cursor | undefined {
  const text = Buffer.from(written, 'base64url').toString('utf8');
  const { month, placeMs, id } = CURSOR.exec(text)?.groups ?? {};
  if (month === undefined) return undefined;
  const cursor =
    placeMs === undefined || id === undefined
      ? { month }
      : { month, before: { placeMs: Number(placeMs), id } };
  // Node reads over what is no base64url.
  return writeCursor(cursor) === written ? cursor : undefined;
}
