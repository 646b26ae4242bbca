import type { InstanceHealth } from '../creation/instance-health.ts';
import type { Opening } from '../pacing/opening.ts';
import { LINK_PHONE, sentences } from './causes.ts';
import { endMinuteText } from './minute-text.ts';
import { troubleOf } from './opening-advice.ts';
import { pausePath, resumePath } from './paths.ts';

/** What helps, and what comes after it: the instance may go on, it has to rest, or nothing. */
interface Remedy {
  readonly text: string;
  readonly next: 'resume' | 'rest' | 'nothing';
}

const RESTRICTED: Remedy = { text: 'WhatsApp restricts the number.', next: 'rest' };

/** By GREEN-API's word for the state of an instance (its documentation, GetStateInstance). */
const REMEDIES: ReadonlyMap<string, Remedy> = new Map([
  ['suspended', RESTRICTED],
  ['yellowCard', RESTRICTED],
  ['notAuthorized', { text: LINK_PHONE, next: 'resume' }],
  [
    'blocked',
    {
      text: 'WhatsApp has banned the number: appeal in the WhatsApp app, or put an instance with another number into the secret.',
      next: 'nothing',
    },
  ],
  [
    'starting',
    {
      text: 'The instance is starting: wait some minutes; if it lasts, look at it in the GREEN-API console.',
      next: 'resume',
    },
  ],
  ['sleepMode', { text: 'Switch the phone on, and see that it is online.', next: 'resume' }],
]);

const AUTHORIZED = 'authorized';

/** What to do by what GREEN-API itself says; undefined where that adds nothing to why the instance is not free. */
export function remedyByHealth(
  health: InstanceHealth,
  opening: Opening,
  idInstance: string,
  nowMs: number,
): string | undefined {
  if (health.state === AUTHORIZED) return onceAuthorized(opening, idInstance);
  const { text, next } = REMEDIES.get(health.state) ?? {
    text: `GREEN-API calls the instance “${health.state}”: look at it in the GREEN-API console.`,
    next: 'resume',
  };
  switch (next) {
    case 'rest':
      return sentences(text, restText(health, opening, idInstance, nowMs));
    case 'resume':
      return sentences(text, resumeText(opening, idInstance));
    case 'nothing':
      return text;
  }
}

/** Only a block is over with that: what WhatsApp restricts, and what a person paused, is authorized as well. */
function onceAuthorized(opening: Opening, idInstance: string): string | undefined {
  if (opening.why !== 'blocked') return undefined;
  const { remedy } = troubleOf(opening);
  return sentences(
    `GREEN-API calls the instance authorized now: POST ${resumePath(idInstance)} lets it go on at once.`,
    remedy && `If it is blocked again: ${remedy}`,
  );
}

function restText(
  { suspendedUntilMs = 0 }: InstanceHealth,
  { why }: Opening,
  idInstance: string,
  nowMs: number,
): string {
  const until =
    suspendedUntilMs > nowMs
      ? `before ${endMinuteText(suspendedUntilMs)}`
      : 'before a day has passed at least';
  return why === 'paused'
    ? `Do not resume the instance ${until}.`
    : `POST ${pausePath(idInstance)} pauses the instance; do not resume it ${until}.`;
}

/** Resuming ends what holds it back, and only that. */
function resumeText({ why }: Opening, idInstance: string): string | undefined {
  const helps = why === 'blocked' || why === 'paused';
  return helps ? `POST ${resumePath(idInstance)} then lets it go on at once.` : undefined;
}
