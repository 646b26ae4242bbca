/** A clock that only the test moves. */
export class ManualClock {
  #nowMs = Date.UTC(2026, 10, 23);

  nowMs = (): number => this.#nowMs;

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
