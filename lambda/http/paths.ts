/** Ids are made by us; what cannot be one is not looked for. */
export const REQUEST_ID = /^[0-9a-f-]{36}$/;
export const ID_INSTANCE = /^\d{1,20}$/;

export const groupPath = (id: string): string => `/groups/${id}`;
export const retryPath = (id: string): string => `${groupPath(id)}/retry`;
export const resolvePath = (id: string): string => `${groupPath(id)}/resolve`;
export const pausePath = (idInstance: string): string => `/instances/${idInstance}/pause`;
export const resumePath = (idInstance: string): string => `/instances/${idInstance}/resume`;

/** What each path takes. */
const ALLOWED: readonly (readonly [path: RegExp, methods: string])[] = [
  [/^\/health$/, 'GET'],
  [/^\/groups$/, 'GET, POST'],
  [/^\/groups\/[^/]+$/, 'GET, DELETE'],
  [/^\/groups\/[^/]+\/(retry|resolve)$/, 'POST'],
  [/^\/instances$/, 'GET'],
  [/^\/instances\/[^/]+\/(pause|resume)$/, 'POST'],
];

/** The methods that a path takes, as the header Allow has them; undefined if there is no such path. */
export function allowedOn(path: string): string | undefined {
  return ALLOWED.find(([pattern]) => pattern.test(path))?.[1];
}
