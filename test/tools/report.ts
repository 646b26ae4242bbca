import { GroupPacerError } from '../../lambda/errors.ts';

/** A check that the following ones cannot do without has failed. */
export class UnmetNeedError extends GroupPacerError {}

/** Adds what was seen to the line of a check. */
export type Note = (seen: string) => void;

const MS_IN_A_SECOND = 1_000;

/** One line for each check, `ok …` or `FAILED …`, and the totals at the end. */
export class Report {
  #passed = 0;
  #failed = 0;

  /** Runs one check, which fails by throwing. @returns what it returned, or undefined where it failed */
  async check<T>(name: string, act: (note: Note) => Promise<T>): Promise<T | undefined> {
    const result = await this.#try(name, act);
    return result.isOk ? result.value : undefined;
  }

  /** As `check`, for what the following checks cannot do without. @throws UnmetNeedError where it failed */
  async need<T>(name: string, act: (note: Note) => Promise<T>): Promise<T> {
    const result = await this.#try(name, act);
    if (!result.isOk) throw new UnmetNeedError(`${name}: failed, so what needs it cannot run`);
    return result.value;
  }

  /** Adds checks that something else has run and told of. */
  count(passed: number, failed: number): void {
    this.#passed += passed;
    this.#failed += failed;
  }

  /** Counts checks that could not run as failed. */
  unrun(name: string, error: unknown): void {
    this.#fail(name, error, '');
  }

  /** Something was checked, and nothing failed. */
  get hasPassed(): boolean {
    return this.#failed === 0 && this.#passed > 0;
  }

  totals(): string {
    return `${this.#passed} passed, ${this.#failed} failed`;
  }

  async #try<T>(
    name: string,
    act: (note: Note) => Promise<T>,
  ): Promise<{ readonly isOk: true; readonly value: T } | { readonly isOk: false }> {
    const startedMs = performance.now();
    const notes: string[] = [];
    const rest = () => {
      const seconds = ((performance.now() - startedMs) / MS_IN_A_SECOND).toFixed(1);
      return `${notes.map((note) => ` · ${note}`).join('')} [${seconds} s]`;
    };
    try {
      const value = await act((seen) => notes.push(seen));
      this.#passed += 1;
      console.log(`ok      ${name}${rest()}`);
      return { isOk: true, value };
    } catch (error) {
      this.#fail(name, error, rest());
      return { isOk: false };
    }
  }

  #fail(name: string, error: unknown, rest: string): void {
    this.#failed += 1;
    const message = error instanceof Error ? error.message : String(error);
    console.log(`FAILED  ${name}${rest}\n${message.replaceAll(/^/gm, '          ')}`);
  }
}

/** What cannot run has failed; what does not need it may still be told. */
export async function untilUnmet(report: Report, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof UnmetNeedError) console.log(`        ${error.message}`);
    else report.unrun('what should have followed', error);
  }
}
