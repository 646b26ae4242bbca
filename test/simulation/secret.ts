import type { Instance } from '../../lambda/creation/ports.ts';
import { SecretError } from '../../lambda/errors.ts';
import type { Chance } from './world.ts';

const UNREADABLE = 0.02;
const UNREADABLE_AFRESH = 0.1;
const ROTATED = 0.3;

/** The instances secret: now and then it cannot be read, and somebody takes instances from it. */
export class Secret {
  readonly #chance: Chance;
  readonly #instances: readonly Instance[];
  readonly #gone: ReadonlySet<string>;
  readonly #isChaotic: () => boolean;

  constructor(
    chance: Chance,
    instances: readonly Instance[],
    gone: ReadonlySet<string>,
    isChaotic: () => boolean,
  ) {
    this.#chance = chance;
    this.#instances = instances;
    this.#gone = gone;
    this.#isChaotic = isChaotic;
  }

  /** @throws SecretError */
  read(unreadable = UNREADABLE): readonly Instance[] {
    if (this.#isChaotic() && this.#chance.is(unreadable))
      throw new SecretError('unavailable', 'the secret cannot be read');
    return this.#instances.filter(({ idInstance }) => !this.#gone.has(idInstance));
  }

  /** Now and then somebody has just rotated the tokens. @throws SecretError */
  readAfresh(): readonly Instance[] {
    const isRotated = this.#chance.is(ROTATED);
    return this.read(UNREADABLE_AFRESH).map((instance) =>
      isRotated ? { ...instance, apiTokenInstance: 'b'.repeat(50) } : instance,
    );
  }
}
