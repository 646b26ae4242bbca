import * as z from 'zod/mini';
import { parseInput } from './input.ts';
import { count, LOOK_UP_FAULTS } from './look-up-faults.ts';

/** GREEN-API's engine gives a call up after this long [I]; a group can come into being until then. */
export const ENGINE_MS = 60_000;

const MAX_LATENCY_MS = 90_000;
const MAX_WINDOW_SECONDS = 1_000_000;
const MAX_TIMES = 1_000_000;

/** States of an instance. The last two are no answers of getStateInstance: every method refuses them with 400. */
export const INSTANCE_STATES = [
  'authorized',
  'notAuthorized',
  'starting',
  'yellowCard',
  'suspended',
  'blocked',
  'expired',
  'deleted',
] as const;

/**
 * How a createGroup that got as far as WhatsApp is answered, and whether a group comes of it:
 * `after-creating` the group exists when the answer goes out, `before-creating` it comes later, `without-creating` never.
 */
export const ANSWERS = [
  'ok',
  'empty-link',
  'wrong-link',
  'null-body-after-creating',
  'created-false',
  'rate-overlimit',
  'rate-overlimit-after-creating',
  'bad-request',
  'error-500-after-creating',
  'error-500-without-creating',
  'timed-out-after-creating',
  'timed-out-before-creating',
  'timed-out-without-creating',
  'error-502-after-creating',
  'error-504-after-creating',
  'error-504-before-creating',
  'close-after-creating',
  'close-before-creating',
  'close-without-creating',
  'hang-after-creating',
  'hang-without-creating',
] as const;

const SUSPENDED_UNTIL = 'Unix seconds, or an instant such as 2026-11-23T12:00:00Z';

const latencyMs = z.int().check(z.minimum(0), z.maximum(MAX_LATENCY_MS));

const FaultsSchema = z.strictObject({
  /** What goes wrong with the answer; anything but `ok` comes before the rules below it. */
  answer: z._default(z.enum(ANSWERS), 'ok'),
  /** From the call's arrival at WhatsApp to its answer, or to the cut. */
  latencyMs: z._default(latencyMs, 0),
  /** From the call's arrival at WhatsApp to the group, whether or not the client still waits. An `ok` waits for it. */
  createAfterMs: z._default(z.int().check(z.minimum(0), z.maximum(ENGINE_MS)), 0),
  state: z._default(z.enum(INSTANCE_STATES), 'authorized'),
  /** What getWaSettings tells of a `suspended` instance, as it is given here: Unix seconds [I], or text. */
  suspendedUntil: z.optional(
    z.union([z.int().check(z.minimum(0)), z.iso.datetime(SUSPENDED_UNTIL)], SUSPENDED_UNTIL),
  ),
  /** WhatsApp's `rate-overlimit` once so many groups were created within the last `windowSeconds`. */
  overlimit: z.optional(
    z.strictObject({
      creations: count,
      windowSeconds: z.int().check(z.minimum(1), z.maximum(MAX_WINDOW_SECONDS)),
    }),
  ),
  /** How many createGroup calls are let through, from now on, until 466. */
  quota: z.optional(count),
  /** Members that never get in: their chatIds, or how many of the last ones. Nothing tells the caller. */
  missingMembers: z.optional(
    z.union([z.array(z.string()), count], { error: 'a list of chatIds, or a number of members' }),
  ),
  /** chatIds without WhatsApp: one of them, and the whole call ends in 500 (issue 544 [O]). checkWhatsapp tells. */
  unknownNumbers: z._default(z.array(z.string()), []),
  /** How slow the 500 `Timed Out` for a group among the chatIds is. */
  timedOutAfterMs: z._default(latencyMs, ENGINE_MS),
  /** The body of 401 and 429. */
  errorBody: z._default(z.enum(['empty', 'text']), 'text'),
  /** For how many createGroup calls all this holds, refused ones included. Missing: until changed. */
  times: z.optional(z.int().check(z.minimum(1), z.maximum(MAX_TIMES))),
  ...LOOK_UP_FAULTS,
});

export type InstanceState = (typeof INSTANCE_STATES)[number];
export type AnswerName = (typeof ANSWERS)[number];
/** What is wrong with one instance. */
export type Faults = z.output<typeof FaultsSchema>;
/** Faults as they are set: what is left out is as it should be. */
export type FaultsInput = z.input<typeof FaultsSchema>;

export const NO_FAULTS: Faults = FaultsSchema.parse({});

/** @throws SimulatorError naming each field that is wrong. */
export function parseFaults(value: unknown): Faults {
  return parseInput(FaultsSchema, value);
}

const LookUpFaultsSchema = z.object(LOOK_UP_FAULTS);

/** What is left when `times` is used up: the look-ups come after the creation that they are about. */
export function lookUpFaultsOf(faults: Faults): Faults {
  return { ...NO_FAULTS, ...LookUpFaultsSchema.parse(faults) };
}
