import { ANY_INSTANCE, type GroupRequest } from '../../lambda/creation/request.ts';
import { ownChatId } from './groups.ts';
import { CLASS_NAMES, type Habits, MEMBERS } from './habits.ts';
import { requestsIn } from './records.ts';
import type { Stage } from './stage.ts';

const MINUTE_MS = 60_000;
const STRANGER = '79990000002@c.us';

/** Those who make groups by hand, on the phones, of the names that the requests have. */
export class Hands {
  readonly #stage: Stage;
  readonly #habits: Habits;

  constructor(stage: Stage, habits: Habits) {
    this.#stage = stage;
    this.#habits = habits;
  }

  /** Before anybody asks for them, there are groups of the names that many use. */
  prepare(): void {
    const { world, idInstances, greenApi } = this.#stage;
    if (!this.#habits.sharedNames) return;
    for (const idInstance of idInstances)
      for (const groupName of CLASS_NAMES) {
        const creator = ownChatId(idInstance);
        const atMs = world.nowMs - world.chance.between(5 * MINUTE_MS, 60 * MINUTE_MS);
        const chatId = greenApi.groups.newChatId();
        greenApi.groups.add({ chatId, groupName, idInstance, creator, members: [creator, ...MEMBERS], atMs });
      }
  }

  /** Now and then somebody makes just what a request is about to become, or may have become. */
  mayAct(): void {
    const { chance } = this.#stage.world;
    if (!chance.is(this.#habits.byHand)) return;
    const requests = requestsIn(this.#stage.table);
    const waiting = requests.filter(({ status }) => status === 'queued');
    const underWay = requests.filter(({ status }) => status === 'creating' || status === 'confirming');
    const request = chance.oneOf(underWay) ?? chance.oneOf(waiting);
    if (request) this.#make(request);
  }

  #make({ groupName, chatIds, idInstance, wanted }: GroupRequest): void {
    const { world, idInstances, greenApi } = this.#stage;
    const { chance } = world;
    const wantedHere = wanted === ANY_INSTANCE ? chance.oneOf(idInstances) : wanted;
    const here = idInstance ?? wantedHere ?? '';
    const own = ownChatId(here);
    const [first = STRANGER] = chatIds;
    // One of those who were asked for may have been quicker, and taken our number in.
    const creator = chance.is(0.3) ? first : own;
    const members = chance.pick([chatIds, chatIds, chatIds.slice(1), [...chatIds, STRANGER]]);
    greenApi.groups.add({
      chatId: greenApi.groups.newChatId(),
      groupName,
      idInstance: here,
      creator,
      members: [...new Set([creator, own, ...members])],
      atMs: world.nowMs,
    });
  }
}
