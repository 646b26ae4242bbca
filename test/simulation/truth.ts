import type { GroupRequest } from '../../lambda/creation/request.ts';
import { ENGINE_MS } from '../../lambda/pacing/limits.ts';
import type { GreenApiModel, Post } from './green-api-model.ts';
import { type Group, ownChatId } from './groups.ts';
import { EXECUTION_MS, type Process } from './process.ts';
import { isRequestKey } from './records.ts';
import type { Violation } from './violation.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Sooner nobody may say that he could not find out. */
const SOONEST_MS = 10 * MINUTE_MS;
/** Two groups of one name so close together may be taken for each other. */
const CLOSE_MS = 30 * MINUTE_MS;
/** WhatsApp's clock and ours may differ by as much; whole seconds and the margin come on top. */
const MOST_TOLERANCE_MS = 120_000;
const TOLERANCE_PART = 0.4;
const SLACK_MS = 3_000;

/** When, and where, an attempt's group can have come into being. */
interface Span {
  readonly idInstance: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Watches what the records say of groups, by what there really is. */
export class TruthWatch {
  readonly #greenApi: GreenApiModel;
  readonly #toleranceMs: number;
  readonly #spans = new Map<string, Span[]>();
  /** Whose each group is, by its chat id. */
  readonly #owners = new Map<string, string>();

  constructor(greenApi: GreenApiModel, intervalMs: number) {
    this.#greenApi = greenApi;
    this.#toleranceMs = Math.min(MOST_TOLERANCE_MS, TOLERANCE_PART * intervalMs) + SLACK_MS;
  }

  wrote(
    process: Process,
    key: string,
    old: GroupRequest | undefined,
    request: GroupRequest,
    nowMs: number,
  ): Violation[] {
    if (!isRequestKey(key) || old?.status === request.status) return [];
    switch (request.status) {
      case 'creating':
        this.#began(process, request);
        return [];
      case 'created':
        return this.#created(process, old, request);
      case 'unconfirmed':
        return this.#unconfirmed(process, request, nowMs);
      default:
        return [];
    }
  }

  #began({ startedAtMs }: Process, { id, idInstance = '' }: GroupRequest): void {
    const span = {
      idInstance,
      startMs: startedAtMs - this.#toleranceMs,
      endMs: startedAtMs + EXECUTION_MS + ENGINE_MS + this.#toleranceMs,
    };
    this.#spans.set(id, [...(this.#spans.get(id) ?? []), span]);
  }

  /** The group is there, is that of a POST of this request, or could be, or a person has named it; and it is no other's. */
  #created(process: Process, old: GroupRequest | undefined, request: GroupRequest): Violation[] {
    const { id, groupName, chatId = '' } = request;
    const group = this.#greenApi.groups.find(chatId);
    const owner = this.#owners.get(chatId) ?? id;
    this.#owners.set(chatId, owner);
    const isNamed = process.role === 'person' && old?.status === 'unconfirmed';
    const isIts = group && (isNamed || group.post?.attempt?.requestId === id || this.#fits(request, group));
    return [
      ...(isIts ? [] : [`"${groupName}" (${id}) is created as ${chatId}, which is not its group`]),
      ...(isNamed || !this.#hasTwin(process, request, group)
        ? []
        : [`"${groupName}" (${id}) is created as ${chatId}, although another fits as well`]),
      ...(owner === id ? [] : [`"${groupName}" (${id}) is created as ${chatId}, which is that of ${owner}`]),
    ].map((what) => ({ promise: 'truth', what }));
  }

  /** Somebody has made by hand what an attempt could have made. */
  #fits({ id, groupName, chatIds }: GroupRequest, group: Group): boolean {
    const own = ownChatId(group.idInstance);
    return (
      group.post === undefined &&
      group.groupName === groupName &&
      group.creator === own &&
      group.members.every((member) => member === own || chatIds.includes(member)) &&
      (this.#spans.get(id) ?? []).some(
        ({ idInstance, startMs, endMs }) =>
          idInstance === group.idInstance && startMs <= group.atMs && group.atMs <= endMs,
      )
    );
  }

  /** Somebody looked for its group, and was told of two: its own, and another that was made by hand at the same time. */
  #hasTwin(process: Process, request: GroupRequest, taken: Group | undefined): boolean {
    const { all } = this.#greenApi.groups;
    const last = this.#lastPost(request);
    if (!taken || !last || last.process === process || last.attempt?.id !== request.attemptId) return false;
    const own = all.find(({ post }) => post === last);
    const isByHand = (group: Group) =>
      this.#fits(request, group) && last.startMs <= group.atMs && group.atMs <= last.endMs;
    const twin = all.find(isByHand);
    return [own, twin].every((group) => group && this.#greenApi.lookUps.wasTold(process, group.chatId));
  }

  #lastPost({ id }: GroupRequest): Post | undefined {
    return this.#greenApi.posts.findLast(({ attempt }) => attempt?.requestId === id);
  }

  /** Each time that an execution was shown this list, the group was in it. */
  #isShown(process: Process, { chatId, idInstance }: Group): boolean {
    const listings = this.#greenApi.lookUps.listingsOf(process, idInstance);
    return (['chats', 'contacts'] as const).some((name) => {
      const ofList = listings.filter(({ list }) => list === name);
      return (
        ofList.length > 0 && ofList.every(({ entries }) => entries.some((entry) => entry.chatId === chatId))
      );
    });
  }

  /** Late enough, by an execution that was shown both lists, and neither held the one group that the attempt had made. */
  #unconfirmed(process: Process, request: GroupRequest, nowMs: number): Violation[] {
    const said = `"${request.groupName}" (${request.id}) is unconfirmed`;
    const { lookUps } = this.#greenApi;
    const last = this.#lastPost(request);
    const own = this.#onlyGroup(request, last);
    const isGivenUp = this.#isGivenUp(request, last, nowMs);
    const wrong = [
      ...(last && nowMs < last.callEndMs + SOONEST_MS
        ? [`${said} ${nowMs - last.callEndMs} ms after its call`]
        : []),
      ...(isGivenUp || this.#hasLooked(process, request)
        ? []
        : [`${said} by somebody who was shown no lists, or empty ones, or an instance that does not work`]),
      ...(own && (this.#isShown(process, own) || (isGivenUp && lookUps.wasShownInCalm(own.chatId)))
        ? [`${said} although ${own.chatId} was shown`]
        : []),
    ];
    return wrong.map((what) => ({ promise: 'looked', what }));
  }

  /** A day after the attempt nobody need look. */
  #isGivenUp({ id }: GroupRequest, last: Post | undefined, nowMs: number): boolean {
    const startMs = last?.startMs ?? this.#spans.get(id)?.at(-1)?.startMs ?? nowMs;
    return nowMs >= startMs + DAY_MS - SLACK_MS;
  }

  /** An empty list says nothing, unless the other shows two groups already. */
  #hasLooked(process: Process, { idInstance = '', groupName }: GroupRequest): boolean {
    const { lookUps, groups } = this.#greenApi;
    if (!lookUps.wasFit(process, idInstance)) return false;
    const isToldOf = (group: Group) =>
      group.idInstance === idInstance &&
      group.groupName === groupName &&
      lookUps.wasTold(process, group.chatId);
    if (groups.all.filter(isToldOf).length > 1) return true;
    const full = lookUps.listingsOf(process, idInstance).filter(({ entries }) => entries.length > 0);
    return new Set(full.map(({ list }) => list)).size === 2;
  }

  /** What its last attempt has made, if nothing is there that may be taken for it. */
  #onlyGroup({ id, attemptId, idInstance }: GroupRequest, last: Post | undefined): Group | undefined {
    const { all } = this.#greenApi.groups;
    const own = last?.attempt?.id === attemptId ? all.find(({ post }) => post && post === last) : undefined;
    if (!own || own.idInstance !== idInstance) return undefined;
    const isTwin = (other: Group) =>
      other !== own &&
      other.groupName === own.groupName &&
      other.idInstance === own.idInstance &&
      (Math.abs(other.atMs - own.atMs) < CLOSE_MS || other.post?.attempt?.requestId === id);
    return all.some(isTwin) ? undefined : own;
  }
}
