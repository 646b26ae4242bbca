import { type Outlook, outlookOf } from '../creation/outlook.ts';
import type { GroupRequest } from '../creation/request.ts';
import type { Service } from '../creation/service.ts';
import type { Opening } from '../pacing/opening.ts';
import { type Advice, sentences } from './causes.ts';
import { troubleOfError } from './error-response.ts';
import { troubleOf } from './opening-advice.ts';
import { groupPath } from './paths.ts';
import type { ProblemCode } from './problem.ts';

/** Why a request waits, where nothing is wrong with its instance. */
type WaitingReason = ProblemCode | 'not-before' | 'turn' | 'instance-gone';

/** What is told of a request that waits. */
export interface Waiting {
  readonly position: number | undefined;
  readonly expectedAtMs: number | undefined;
  readonly advice: Advice<WaitingReason>;
  /** Until when it waits for what it waits for. */
  readonly untilMs: number | undefined;
}

/** Where a queued request stands. It waits, whether that can be told or not: what fails on the way is reported, never thrown. */
export async function tellWaiting(
  service: Service,
  request: GroupRequest,
  reportError: (error: unknown) => void,
): Promise<Waiting> {
  try {
    return waitingOf(request, await outlookOf(service, request));
  } catch (error) {
    reportError(error);
    const { code, detail, remedy } = troubleOfError(error);
    return {
      position: undefined,
      expectedAtMs: undefined,
      untilMs: undefined,
      advice: { code, detail, whatToDo: sentences(remedy, 'The request keeps its place all the same.') },
    };
  }
}

function waitingOf(request: GroupRequest, { position, expectedAtMs, waitsFor }: Outlook): Waiting {
  const told = { position, expectedAtMs };
  const cancel = `DELETE ${groupPath(request.id)} cancels it.`;
  switch (waitsFor.why) {
    case 'not-before':
      return {
        ...told,
        advice: {
          code: 'not-before',
          detail: 'The instant that was asked for with notBefore has not come yet.',
          whatToDo: `Nothing: it is created by itself. ${cancel}`,
        },
        untilMs: request.placeMs,
      };
    case 'instance-gone':
      return {
        ...told,
        advice: {
          code: 'instance-gone',
          detail: 'The instance that the request is for is not in the instances secret.',
          whatToDo: `Put the instance back, and the request goes on by itself. ${cancel}`,
        },
        untilMs: undefined,
      };
    case 'turn':
      return { ...told, ...waitingForOpening(waitsFor.opening, expectedAtMs, cancel) };
  }
}

function waitingForOpening(
  opening: Opening,
  expectedAtMs: number | undefined,
  cancel: string,
): Pick<Waiting, 'advice' | 'untilMs'> {
  const { code, detail, remedy } = troubleOf(opening);
  if (code !== 'busy') {
    const whatToDo = sentences(remedy, 'Once that is over, the request goes on by itself.', cancel);
    return { advice: { code, detail, whatToDo }, untilMs: opening.atMs };
  }
  return {
    advice: {
      code: 'turn',
      detail: 'The request waits for its turn: one group after another, at the pace of the instance.',
      whatToDo: `Nothing: it is created by itself. ${cancel}`,
    },
    untilMs: expectedAtMs,
  };
}
