import type { GroupFacts, ListedChat } from './ports.ts';
import { isSameName, judge, type Sought, withTolerance } from './proof.ts';
import type { Conclusion, Evidence, GroupRequest, Mismatches, Window } from './request.ts';
import type { Service } from './service.ts';
import type { Account, Sighting } from './sighting.ts';

/** So many groups of the same name, or without one, are looked at in one look-up, a second each. */
const MOST_LOOKED_AT = 20;

const GROUP_SUFFIX = '@g.us';
const NO_MISMATCHES: Mismatches = { name: 0, time: 0, creator: 0, members: 0, gone: 0 };
export const SECRET_NOT_READ = 'the instances secret could not be read';
const NOT_IN_SECRET = 'the instance is not in the secret';
const EMPTY_LIST = 'an empty list says nothing';

/** What a look-up found out about an attempt's group. */
export type Finding =
  | { readonly kind: 'found'; readonly group: GroupFacts; readonly evidence: Evidence }
  | { readonly kind: Exclude<Conclusion, 'found'>; readonly evidence: Evidence };

type SeenAccount = Extract<Account, { kind: 'seen' }>;

/** A listed group that may be the one. */
interface Candidate {
  readonly chatId: string;
  /** Whether the list has the request's name for it; else it has none. */
  readonly isNamed: boolean;
}

/** What came of the groups that were looked at. */
interface Proofs {
  readonly fitting: readonly GroupFacts[];
  readonly mismatches: Mismatches;
  readonly lookedAt: number;
  /** Why one was not told. */
  readonly hindrance?: string;
  /** Whether one was not told that has the name. */
  readonly isNamedHidden: boolean;
}

/**
 * Looks whether the group of a request exists: candidates from GREEN-API's lists, proof from the group itself. The lists lag, an empty one
 * says nothing, and absence is never proof; one group that fits in every point is.
 * @param sighting of the instance; none if it is not in the secret
 * @param windows in which the group can have come into being
 */
export async function lookUp(
  service: Service,
  sighting: Sighting | undefined,
  request: GroupRequest,
  windows: readonly Window[],
): Promise<Finding> {
  if (!sighting) return unclear(service, NOT_IN_SECRET);
  const account = await sighting.account();
  if (account.kind === 'unseen') return unclear(service, account.hindrance, account.state);
  const policy = service.policyOf(sighting.idInstance);
  const candidates = candidatesIn(account, request.groupName);
  const proofs = await prove(sighting, candidates, {
    groupName: request.groupName,
    // Whom the wish named as it was asked for: an attempt of before may have left out fewer.
    chatIds: [...request.chatIds, ...(request.droppedChatIds ?? [])],
    ownChatId: account.ownChatId,
    windows: windows.map((window) => withTolerance(window, policy)),
  });
  return conclude(account, candidates, proofs);
}

/** Nothing could be seen. */
export function unclear({ clock }: Service, hindrance: string, state?: string): Finding {
  const evidence = { atMs: clock.nowMs(), conclusion: 'unclear', hindrance } as const;
  return { kind: 'unclear', evidence: { ...evidence, ...(state !== undefined && { state }) } };
}

/** Groups of this name, then those without one; of each the chats first, which GREEN-API lists newest first. */
function candidatesIn({ chats, contacts }: SeenAccount, groupName: string): readonly Candidate[] {
  const groups = [...chats, ...contacts].filter(({ chatId }) => chatId.endsWith(GROUP_SUFFIX));
  const idsOf = (isOne: (chat: ListedChat) => boolean) =>
    new Set(groups.filter(isOne).map(({ chatId }) => chatId));
  const named = idsOf(({ name }) => isSameName(name, groupName));
  const nameless = idsOf(({ chatId, name }) => name.trim() === '' && !named.has(chatId));
  return [
    ...[...named].map((chatId) => ({ chatId, isNamed: true })),
    ...[...nameless].map((chatId) => ({ chatId, isNamed: false })),
  ];
}

async function prove(sighting: Sighting, candidates: readonly Candidate[], sought: Sought): Promise<Proofs> {
  const fitting: GroupFacts[] = [];
  const mismatches = { ...NO_MISMATCHES };
  let lookedAt = 0;
  let hindrance: string | undefined;
  let isNamedHidden = false;
  for (const { chatId, isNamed } of candidates.slice(0, MOST_LOOKED_AT)) {
    const group = await sighting.group(chatId);
    if (group.kind === 'untold') {
      hindrance ??= `getGroupData: ${group.detail}`;
      isNamedHidden ||= isNamed;
      continue;
    }
    lookedAt += 1;
    const judgement = group.value ? judge(sought, group.value) : 'gone';
    if (judgement !== 'fits') mismatches[judgement] += 1;
    else if (group.value) fitting.push(group.value);
  }
  return { fitting, mismatches, lookedAt, isNamedHidden, ...(hindrance !== undefined && { hindrance }) };
}

function conclude(
  { atMs, chats, contacts, state }: SeenAccount,
  candidates: readonly Candidate[],
  proofs: Proofs,
): Finding {
  const { fitting, mismatches, lookedAt, isNamedHidden } = proofs;
  const evidence = {
    atMs,
    state,
    chats: chats.length,
    contacts: contacts.length,
    candidates: candidates.length,
    lookedAt,
    mismatches,
    fitting: fitting.map(({ chatId }) => chatId),
  };
  const say = <Kind extends Conclusion>(conclusion: Kind) => ({
    kind: conclusion,
    evidence: { ...evidence, conclusion },
  });
  const [group, another] = fitting;
  if (another) return say('several');
  // One without a name, or far down the lists, may fit as well, but two such groups within minutes are rarer than what GREEN-API does not
  // tell of, and than many groups of the same name.
  if (group && !isNamedHidden) return { ...say('found'), group };
  const hidden = proofs.hindrance ?? whyHidden(chats, contacts, candidates, lookedAt);
  if (hidden !== undefined) {
    const { kind, evidence: seen } = say('unclear');
    return { kind, evidence: { ...seen, hindrance: hidden } };
  }
  return say(mismatches.creator + mismatches.members > 0 ? 'unproved' : 'none');
}

/** Why a group may exist although nothing was seen of it. */
function whyHidden(
  chats: readonly ListedChat[],
  contacts: readonly ListedChat[],
  candidates: readonly Candidate[],
  lookedAt: number,
): string | undefined {
  if (chats.length === 0 || contacts.length === 0) return EMPTY_LIST;
  return lookedAt < candidates.length ? `only the first ${lookedAt} candidates were looked at` : undefined;
}
