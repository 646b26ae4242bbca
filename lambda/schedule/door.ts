import { createGroup } from '../creation/create-group.ts';
import { drain } from '../creation/drain.ts';
import type { Service } from '../creation/service.ts';
import { NotTakenError, ScheduleEventError, SecretError } from '../errors.ts';
import type { Fault } from '../http/schemas.ts';
import { maskPhones } from '../telemetry/redaction.ts';
import { parseScheduleEvent } from './payload.ts';

type Creation = Extract<ReturnType<typeof parseScheduleEvent>, { kind: 'create' }>;

/**
 * Door 2: an event of EventBridge Scheduler, or of a rule. Whatever it throws makes Lambda deliver a creation again, and in the end put it
 * into the queue of what could not be delivered; its key makes all deliveries one request.
 * @throws ScheduleEventError when the event is wrong; NotTakenError, UnknownInstanceError, SecretError, StorageError when its creation was not taken
 */
export async function serveScheduleEvent(service: Service, event: unknown): Promise<undefined> {
  const parsed = parseScheduleEvent(event);
  switch (parsed.kind) {
    case 'malformed':
      // Lambda itself logs what is thrown: what a sender has put into the wrong place must not get there.
      throw new ScheduleEventError(maskPhones(describe(parsed.faults)));
    case 'drain':
      await drain(service).catch(endQuietly);
      return undefined;
    case 'create':
      await create(service, parsed);
      return undefined;
  }
}

/** A deployment whose secret nobody has filled yet is not in trouble; else a tick that fails counts as one of the function's errors. */
function endQuietly(error: unknown): void {
  if (!(error instanceof SecretError) || error.kind !== 'unfilled') throw error;
}

function describe(faults: readonly Fault[]): string {
  return `wrong schedule event: ${faults.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join('; ')}`;
}

/** What it came to stands in the request; here it only counts that there is one. */
async function create(service: Service, { wish, askedBy, idempotencyKey }: Creation): Promise<void> {
  const answer = await createGroup(service, wish, { keyName: askedBy, idempotencyKey }, 'queue');
  switch (answer.kind) {
    case 'request': {
      const { id, status } = answer.request;
      return service.report({ event: 'schedule-taken', askedBy, requestId: id, status });
    }
    case 'busy':
    case 'queue-full':
    case 'key-reused':
      throw notTaken(askedBy, answer.kind);
    case 'not-on-whatsapp':
      throw notTaken(
        askedBy,
        `${answer.chatIds.length} of ${wish.chatIds.length} members are not on WhatsApp`,
      );
    case 'unverified': {
      const { cause, detail } = answer;
      const said = detail === undefined ? cause : `${cause}: ${detail}`;
      throw notTaken(askedBy, `it is not known whether its members are on WhatsApp (${said})`);
    }
  }
}

/** Lambda itself logs what is thrown: no number is named. */
function notTaken(askedBy: string, reason: string): NotTakenError {
  return new NotTakenError(`the creation of ${askedBy} was not taken: ${reason}`);
}
