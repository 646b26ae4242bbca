/**
 * A promise that was not kept, and how. Besides those of the design: what a record says is true (`truth`), and it says `unconfirmed`
 * only once somebody has really looked, late enough, and saw no group of its own (`looked`).
 */
export interface Violation {
  readonly promise: 'S1' | 'S2' | 'S3' | 'S4' | 'S5' | 'L1' | 'L2' | 'truth' | 'looked' | 'limit' | 'hours';
  readonly what: string;
}
