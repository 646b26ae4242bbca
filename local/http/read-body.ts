import type { IncomingMessage } from 'node:http';

/** The body of a request, or why there is none: it is longer than `maxBytes`, or the client broke off. */
export type ReadBody = Buffer | 'too-large' | 'broken-off';

/** Reads a body to its end, or as far as `maxBytes`; Node drops what comes after that, and the client still hears its answer. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > maxBytes) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'broken-off';
  }
  return Buffer.concat(chunks);
}
