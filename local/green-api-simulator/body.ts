import type { IncomingMessage } from 'node:http';

/** GREEN-API takes JSON up to 100 KB (GREEN-API docs, common errors [C]). */
export const MAX_BODY_BYTES = 100 * 1024;

/** What is beyond this is read and dropped: such a body is too large whatever it holds. */
const MAX_KEPT_BYTES = 1024 * 1024;

const UNEXPECTED_END = 'Unexpected end of JSON input';

/** A request's body, read as JSON. */
export interface Body {
  readonly bytes: number;
  /** Undefined where it was no JSON, or far too large. */
  readonly value?: unknown;
  /** Why it is no JSON. */
  readonly syntaxFault?: string;
}

/** Reads a body to its end. Undefined when the client went away before. */
export async function readBody(request: IncomingMessage): Promise<Body | undefined> {
  const kept: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes <= MAX_KEPT_BYTES) kept.push(chunk);
    }
  } catch {
    return undefined;
  }
  if (bytes > MAX_KEPT_BYTES) return { bytes };
  return { bytes, ...parse(Buffer.concat(kept).toString('utf8')) };
}

/** An empty body counts as an empty object, as with most Node servers [G]. */
function parse(text: string): Omit<Body, 'bytes'> {
  if (text.trim() === '') return { value: {} };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { syntaxFault: wordingOf(error, text) };
  }
}

/** The wording of GREEN-API's docs, `Unexpected token _ in JSON at position XX`: older than this Node's own. */
function wordingOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : '';
  const told = /at position (\d+)/.exec(message)?.[1];
  const token = /^Unexpected token '(.)'/su.exec(message)?.[1];
  const position = told === undefined ? text.indexOf(token ?? text.charAt(0)) : Number(told);
  if (position >= text.length || message.startsWith(UNEXPECTED_END)) return UNEXPECTED_END;
  return `Unexpected token ${text.charAt(position)} in JSON at position ${position}`;
}
