import type { Instance, LookedUp } from '../../lambda/creation/ports.ts';
import type { Service, VerifyNumbers } from '../../lambda/creation/service.ts';
import { createNumbers } from '../../lambda/storage/numbers.ts';
import type { Bench } from './harness.ts';

/** How long the HTTP door's caller hears an answer. */
const CALLER_HEARS_MS = 29_000;

type Untold = Extract<LookedUp<never>, { kind: 'untold' }>;

export const QUOTA: Untold = { kind: 'untold', cause: 'quota', detail: 'Monthly quota has been exceeded' };
export const OTHER: Untold = { kind: 'untold', cause: 'other', detail: 'HTTP 502: Bad Gateway' };

/** GREEN-API's checks of numbers beside a bench, as the test wants them. */
export class NumberChecks {
  readonly asked: { readonly idInstance: string; readonly chatId: string }[] = [];
  /** The members of each POST. */
  readonly posted: (readonly string[])[] = [];
  readonly absent = new Set<string>();
  mode: VerifyNumbers = 'reject';
  /** How long a check takes; at ten a second one follows another like this. */
  checkMs = 110;
  /** The most that were under way at once. */
  mostInHand = 0;
  /** What GREEN-API does not tell. */
  untold: (idInstance: string, chatId: string) => Untold | undefined = () => undefined;
  readonly #bench: Bench;
  #inHand = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** A fresh execution with a caller who waits for the answer. */
  service(): Service {
    const service = this.#serviceOf();
    const answerByMs = this.#bench.clock.nowMs() + CALLER_HEARS_MS;
    return { ...service, execution: { ...service.execution, answerByMs } };
  }

  /** A fresh execution for an event, whose answer nobody waits for. */
  eventService(): Service {
    const service = this.#serviceOf();
    const { deadlineMs } = service.execution;
    return { ...service, execution: { ...service.execution, answerByMs: deadlineMs } };
  }

  #serviceOf(): Service {
    const service = this.#bench.service();
    const { creator } = service;
    return {
      ...service,
      numbers: createNumbers(this.#bench.memory),
      verifyNumbers: this.mode,
      lookUps: {
        ...service.lookUps,
        isOnWhatsApp: (instance, chatId) => this.#check(instance, chatId),
      },
      creator: {
        createGroup: (instance, content, guard) => {
          this.posted.push(content.chatIds);
          return creator.createGroup(instance, content, guard);
        },
      },
    };
  }

  async #check({ idInstance }: Instance, chatId: string): Promise<LookedUp<boolean>> {
    this.asked.push({ idInstance, chatId });
    this.#inHand += 1;
    this.mostInHand = Math.max(this.mostInHand, this.#inHand);
    await this.#bench.clock.sleep(this.checkMs);
    this.#inHand -= 1;
    return this.untold(idInstance, chatId) ?? { kind: 'told', value: !this.absent.has(chatId) };
  }
}
