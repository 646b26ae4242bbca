import type { Instance } from '../creation/ports.ts';

/** Where a method of GREEN-API is called. The path holds the token. */
export interface MethodUrl {
  /** `https://host`, with a port where it has one of its own. */
  readonly origin: string;
  readonly path: string;
}

/** What is wrong where there is no URL of a method. */
export const NO_URL = 'apiUrl is not a URL';

/** `{apiUrl}/waInstance{idInstance}/{method}/{token}`; undefined where apiUrl is not a URL (GREEN-API docs, request format). */
export function methodUrl(
  { apiUrl, idInstance, apiTokenInstance }: Instance,
  method: string,
): MethodUrl | undefined {
  const base = URL.parse(apiUrl);
  if (base === null) return undefined;
  // Well-formed: `encodeURIComponent` throws at half a surrogate pair.
  const token = encodeURIComponent(apiTokenInstance.toWellFormed());
  const path = `${base.pathname.replace(/\/$/, '')}/waInstance${idInstance}/${method}/${token}`;
  return { origin: base.origin, path };
}
