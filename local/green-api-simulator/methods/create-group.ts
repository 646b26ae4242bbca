import type { Answer } from '../answers.ts';
import type { AnswerName, InstanceState } from '../faults.ts';
import { membersOf, newChatId, newInviteLink, type SimulatedGroup } from '../groups.ts';
import { ownChatId } from '../people.ts';
import { CreateGroupBody } from './create-group-body.ts';
import { COURSES } from './create-group-courses.ts';
import { type Call, callError, type Method, validationError } from './method.ts';
import { validate } from './validate.ts';

/** Creates a group for every POST that gets through: there is no idempotency, two equal POSTs make two groups [C]. */
export const createGroup: Method = {
  name: 'createGroup',
  verb: 'POST',
  callsPerSecond: 1,
  creates: true,
  quota: ({ quota }) => quota,
  async handle(call) {
    const validated = validate(CreateGroupBody, call.body.value);
    if (!validated.valid) return validationError(call, validated.fault);
    const body = validated.value;
    const notReady = NOT_READY[call.faults.state];
    if (notReady !== undefined) return { stage: 'state', answer: callError(call, 400, notReady) };

    const plan = planFor(call, body);
    call.note({ stage: 'whatsapp', answer: plan.answer, memberCount: body.chatIds.length });
    return { stage: 'whatsapp', answer: await carryOut(call, body, plan) };
  },
};

/** States in which GREEN-API itself refuses (docs, common errors [C]); that a banned number counts as logged out is [G]. */
const NOT_READY: Partial<Readonly<Record<InstanceState, string>>> = {
  starting: 'instance in starting process try later',
  notAuthorized: 'instance is starting or not authorized',
  blocked: 'instance is starting or not authorized',
};

/** States in which WhatsApp refuses: a restricted number cannot create groups [C]; the text is [G]. */
const RESTRICTED: ReadonlySet<InstanceState> = new Set<InstanceState>(['yellowCard', 'suspended']);

interface Plan {
  readonly answer: AnswerName;
  readonly answerAfterMs: number;
}

/** What WhatsApp makes of a call. An answer that the faults name comes first, then what is the caller's own doing. */
function planFor(call: Call, { chatIds }: CreateGroupBody): Plan {
  const { faults } = call;
  const after = (answer: AnswerName): Plan => ({ answer, answerAfterMs: faults.latencyMs });
  if (faults.answer !== 'ok') return after(faults.answer);
  if (chatIds.some((chatId) => chatId.endsWith('@g.us'))) {
    return { answer: 'timed-out-without-creating', answerAfterMs: faults.timedOutAfterMs };
  }
  if (RESTRICTED.has(faults.state) || isOverlimit(call)) return after('rate-overlimit');
  if (!chatIds.every((chatId) => /^\d{7,16}@c\.us$/.test(chatId))) return after('bad-request');
  // Issues 788 and 544 [O]: without members, or with a number that is not on WhatsApp, the call fails as a whole.
  const impossible = chatIds.length === 0 || chatIds.some((chatId) => faults.unknownNumbers.includes(chatId));
  return after(impossible ? 'error-500-without-creating' : 'ok');
}

function isOverlimit({ faults: { overlimit }, account, world }: Call): boolean {
  if (overlimit === undefined) return false;
  const sinceSeconds = world.nowMs() / 1000 - overlimit.windowSeconds;
  const own = ownChatId(account.instance);
  const recent = account.groups.filter(({ owner, creation }) => owner === own && creation > sinceSeconds);
  return recent.length >= overlimit.creations;
}

/** Creates and answers in the order that the course says. Nothing here asks whether the client still waits. */
async function carryOut(call: Call, body: CreateGroupBody, plan: Plan): Promise<Answer> {
  const { timers } = call.world;
  const { createAfterMs } = call.faults;
  const course = COURSES[plan.answer];
  switch (course.creates) {
    case 'never':
      await timers.after(plan.answerAfterMs);
      return course.answer(call);
    case 'before-answer': {
      await timers.after(createAfterMs);
      const group = create(call, body);
      await timers.after(plan.answerAfterMs - createAfterMs);
      return course.answer(call, group);
    }
    case 'after-answer':
      await timers.after(plan.answerAfterMs);
      // A millisecond at least, so that the answer is on its way first.
      void timers.after(Math.max(1, createAfterMs - plan.answerAfterMs)).then(() => create(call, body));
      return course.answer(call);
  }
}

function create(call: Call, { groupName, chatIds }: CreateGroupBody): SimulatedGroup {
  const { account, faults, world } = call;
  const createdAtMs = world.nowMs();
  const owner = ownChatId(account.instance);
  const group: SimulatedGroup = {
    idInstance: account.instance.idInstance,
    chatId: newChatId(world.random),
    groupName,
    groupInviteLink: newInviteLink(world.random),
    creation: Math.floor(createdAtMs / 1000),
    owner,
    members: membersOf(owner, chatIds, faults.missingMembers),
  };
  account.addGroup(group);
  call.note({ chatId: group.chatId, createdAtMs });
  return group;
}
