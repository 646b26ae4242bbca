/** Waits that all end with the simulator. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();
  #stopped = false;

  /** Resolves after `ms`; never, once the simulator has stopped. */
  after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stopped) return;
      // No timer for no time: a tick would cost each call a millisecond.
      if (ms <= 0) return resolve();
      const timer = setTimeout(() => {
        this.#pending.delete(timer);
        resolve();
      }, ms);
      this.#pending.add(timer);
    });
  }

  /** Drops every wait, those to come too. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
