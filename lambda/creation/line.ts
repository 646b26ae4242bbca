import type { Place } from './request.ts';
import type { Service } from './service.ts';

/** So many entries are read at a time: they cost no more than one. */
const PAGE = 30;

/** What waits in one line: for one instance, or for `any`. */
export interface Head extends Place {
  /** An idInstance, or `any`. */
  readonly line: string;
}

/** What an execution knows of a line, and which of it it has had in hand. */
export class KnownLine {
  readonly #service: Service;
  readonly #name: string;
  /** Nothing that comes later is of use to this execution. */
  readonly #untilMs: number;
  readonly #inHand = new Set<string>();
  readonly #passed = new Set<string>();
  #known: readonly Head[] = [];
  /** Whether there was nothing behind what is known. */
  #isWhole = false;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(service: Service, name: string, untilMs: number) {
    this.#service = service;
    this.#name = name;
    this.#untilMs = untilMs;
  }

  /** Makes known what waits, by a reading that is no older than `sinceMs`, of which all who ask meanwhile have a part. @throws StorageError */
  async look(sinceMs: number): Promise<void> {
    while (this.#readAtMs < sinceMs || this.isUsedUp()) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
  }

  /** Whether there may be more than what is known, all of which is in hand or over. */
  isUsedUp(): boolean {
    return this.first() === undefined && !this.#isWhole;
  }

  /** The first that is known and that nobody has in hand. */
  first(): Head | undefined {
    return this.#known.find((head) => !this.#inHand.has(entryOf(head)) && !this.#passed.has(entryOf(head)));
  }

  take(head: Head): void {
    this.#inHand.add(entryOf(head));
  }

  /** Nothing has become of it: it is the first again, for whoever is free. */
  putBack(head: Head): void {
    this.#inHand.delete(entryOf(head));
  }

  /** It is another's, or it is over; its entry may still show for a while. */
  pass(head: Head): void {
    this.#passed.add(entryOf(head));
  }

  async #read(): Promise<void> {
    const readAtMs = this.#service.clock.nowMs();
    // With those that do not count left out, a page is still as long.
    const limit = PAGE + this.#inHand.size + this.#passed.size;
    const before = { placeMs: this.#untilMs + 1, id: '' };
    const places = await this.#service.queue.waiting(this.#name, { before, limit });
    this.#known = places.map((place) => ({ ...place, line: this.#name }));
    this.#isWhole = places.length < limit;
    this.#readAtMs = readAtMs;
  }
}

/** An entry, not a request: one that a person retries waits anew, at another place. */
function entryOf({ placeMs, id }: Place): string {
  return `${placeMs}#${id}`;
}
