/** A promise that was not kept, and how. */
export interface Violation {
  readonly promise: 'S1' | 'S2' | 'S3' | 'S4' | 'S5' | 'L1' | 'L2' | 'limit' | 'hours';
  readonly what: string;
}
