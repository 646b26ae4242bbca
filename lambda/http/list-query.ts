import * as z from 'zod/mini';
import type { Listing } from '../creation/list-requests.ts';
import type { RequestStatus } from '../creation/request.ts';
import { readCursor } from './cursor.ts';
import type { Fault } from './schemas.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

const STATUSES = {
  queued: 'queued',
  creating: 'creating',
  confirming: 'confirming',
  created: 'created',
  failed: 'failed',
  unconfirmed: 'unconfirmed',
  cancelled: 'cancelled',
} as const satisfies { [Status in RequestStatus]: Status };

const LIMIT_RULE = `must be one whole number from 1 to ${MAX_LIMIT}`;
const CURSOR_RULE = 'must be the cursor of an answer of this list, as it was given';

const limit = z.pipe(
  z.string(LIMIT_RULE).check(z.regex(/^[1-9]\d{0,2}$/, LIMIT_RULE)),
  z.transform((text: string, context) => {
    const number = Number(text);
    if (number > MAX_LIMIT) context.issues.push({ code: 'custom', input: text, message: LIMIT_RULE });
    return number;
  }),
);

const cursor = z.pipe(
  z.string(CURSOR_RULE),
  z.transform((text: string, context) => {
    const read = readCursor(text);
    if (read) return read;
    context.issues.push({ code: 'custom', input: text, message: CURSOR_RULE });
    return z.NEVER;
  }),
);

/** The query of `GET /groups`. */
const listQuery = z.strictObject({
  status: z.optional(z.enum(STATUSES, `must be one of ${Object.keys(STATUSES).join(', ')}`)),
  limit: z.optional(limit),
  cursor: z.optional(cursor),
});

/** Which requests are asked for, or everything that is wrong with the question. */
export function parseListQuery(
  query: URLSearchParams,
): { readonly listing: Listing } | { readonly faults: readonly Fault[] } {
  const parsed = listQuery.safeParse(valuesOf(query));
  if (!parsed.success) return { faults: parsed.error.issues.flatMap(faultsOf) };
  const { status, cursor: from, limit: most = DEFAULT_LIMIT } = parsed.data;
  return {
    listing: {
      limit: most,
      ...(status !== undefined && { status }),
      ...(from !== undefined && { cursor: from }),
    },
  };
}

/** What is given more than once is no text any more, and no parameter may be that. */
function valuesOf(query: URLSearchParams): Record<string, unknown> {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const [value, ...others] = query.getAll(name);
      return [name, others.length === 0 ? value : [value, ...others]];
    }),
  );
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const known = Object.keys(listQuery.shape).join(', ');
  const faultOf = (name: PropertyKey | undefined, detail: string) => ({
    pointer: '',
    place: `the query parameter ${String(name)}`,
    detail,
  });
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => faultOf(key, `is none of this list; the parameters are ${known}`))
    : [faultOf(issue.path[0], issue.message)];
}
