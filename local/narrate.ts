import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { maskPhones } from '../lambda/telemetry/redaction.ts';
import { loggablePath } from './http/server.ts';

/** What is told of an answer: nothing that holds a key, and a phone number only masked. */
const told = z.object({
  id: z.optional(z.string()),
  status: z.optional(z.union([z.string(), z.number()])),
  code: z.optional(z.string()),
  detail: z.optional(z.string()),
  until: z.optional(z.nullable(z.string())),
  idInstance: z.optional(z.nullable(z.string())),
  erased: z.optional(z.boolean()),
});

/** A path or a field's name may hold what moves a terminal's cursor. */
const CONTROL = /\p{Cc}/gu;
const printable = (line: string) => line.replace(CONTROL, '?');

const MS_IN_A_SECOND = 1_000;

/** One line for a person about one call: what was asked, what was answered, and why. */
export function narrate(
  event: APIGatewayProxyEventV2,
  result: APIGatewayProxyStructuredResultV2,
  durationMs: number,
): string {
  const { method, path } = event.requestContext.http;
  const answer = told.safeParse(JSON.parse(result.body || '{}'));
  const said = answer.success ? sentence(answer.data) : '';
  const replayed = result.headers?.['idempotent-replayed'] ? ' (replayed)' : '';
  const seconds = (durationMs / MS_IN_A_SECOND).toFixed(1);
  return printable(
    `${method} ${loggablePath(path)} → ${result.statusCode}${replayed}${said}  [${seconds} s]`,
  );
}

function sentence({ id, status, code, detail, until, idInstance, erased }: z.infer<typeof told>): string {
  const on = idInstance ? ` on ${idInstance}` : '';
  const till = until ? `, until ${until}` : '';
  if (code !== undefined) return ` ${code}${on}${till}: ${maskPhones(detail ?? '')}`;
  return id === undefined ? '' : ` ${erased ? 'erased' : status}${on}, request ${id}`;
}
