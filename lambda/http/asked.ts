import type { Service } from '../creation/service.ts';

/** One request of a caller whose key is known, and all that its answer is made with. */
export interface Asked {
  readonly service: Service;
  readonly request: Request;
  /** The name of the caller's key. */
  readonly keyName: string;
  /** Told of what the answer hides or could not say. */
  readonly reportError: (error: unknown) => void;
}
