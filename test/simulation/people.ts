import type { Resolution } from '../../lambda/creation/change-request.ts';
import { judge, windowsOn, withTolerance } from '../../lambda/creation/proof.ts';
import type { GroupRequest, RequestStatus } from '../../lambda/creation/request.ts';
import type { Service } from '../../lambda/creation/service.ts';
import type { Code } from './code.ts';
import { factsOf, ownChatId } from './groups.ts';
import type { Habits } from './habits.ts';
import { requestsIn } from './records.ts';
import type { Stage } from './stage.ts';

const MINUTE_MS = 60_000;
const PAGE = 20;

/** Those who look after it all: they look, cancel, erase, let run again, settle what nobody could find out, pause and resume. */
export class People {
  readonly #stage: Stage;
  readonly #code: Code;
  readonly #habits: Habits;

  constructor(stage: Stage, code: Code, habits: Habits) {
    this.#stage = stage;
    this.#code = code;
    this.#habits = habits;
  }

  /** Somebody does something, or nothing: as people are. */
  mayAct(): void {
    const { chance } = this.#stage.world;
    if (chance.is(this.#habits.impatience)) this.#settle(chance.oneOf(this.#in('unconfirmed')));
    if (!chance.is(this.#habits.people)) return;
    chance.pick([
      () => this.#look(),
      () => this.#remove('queued'),
      () => this.#remove('created', 'failed', 'unconfirmed', 'cancelled'),
      () => this.#retry(chance.oneOf(this.#in('failed', 'unconfirmed'))),
      () => this.#pause(),
      () => this.resume(chance.oneOf(this.#stage.idInstances) ?? ''),
    ])();
  }

  /** A look at one, at its outlook, and at a page of all. */
  #look(): void {
    const request = this.#stage.world.chance.oneOf(requestsIn(this.#stage.table));
    if (!request) return;
    this.#do(`looks at ${request.id}`, async (service) => {
      const found = await this.#code.readRequest(service, request.id);
      if (found?.status === 'queued') await this.#code.outlookOf(service, found);
      await this.#code.listRequests(service, { limit: PAGE });
    });
  }

  /** In the very moment in which an attempt for it begins. */
  cancelInARace(id: string): void {
    const { chance } = this.#stage.world;
    if (!this.#stage.isChaotic || !chance.is(this.#habits.cancelsInARace)) return;
    this.#stage.world.in(chance.between(0, 150), () => this.#removeOne(id));
  }

  resume(idInstance: string): void {
    this.#do(`resumes ${idInstance}`, (service) => this.#code.resumeInstance(service, idInstance));
  }

  /** Lets run again what has failed, and deals with what nobody could find out, or leaves it. */
  settleAll(): void {
    for (const request of this.#in('failed', 'unconfirmed'))
      if (this.#stage.world.chance.is(0.7)) this.#settle(request);
  }

  /** Lets it run again, or says what it came to, or both at once: two people need not know of each other. */
  #settle(request: GroupRequest | undefined): void {
    const { chance } = this.#stage.world;
    const knows = request?.status === 'unconfirmed' && chance.is(0.6);
    if (knows) this.#resolve(request);
    if (!knows || chance.is(0.5)) this.#retry(request);
  }

  #pause(): void {
    const { world, idInstances } = this.#stage;
    const idInstance = world.chance.oneOf(idInstances) ?? '';
    this.#do(`pauses ${idInstance}`, (service) => this.#code.pauseInstance(service, idInstance, 'somebody'));
    world.in(world.chance.between(0, 10 * MINUTE_MS), () => this.resume(idInstance));
  }

  #remove(...statuses: RequestStatus[]): void {
    const request = this.#stage.world.chance.oneOf(this.#in(...statuses));
    if (request) this.#removeOne(request.id);
  }

  #removeOne(id: string): void {
    this.#do(`removes ${id}`, (service) => this.#code.removeRequest(service, id));
  }

  #retry(request: GroupRequest | undefined): void {
    if (request) this.#do(`retries ${request.id}`, (service) => this.#code.retryRequest(service, request.id));
  }

  /** By what he sees on the phone, or by what he thinks. */
  #resolve(request: GroupRequest): void {
    const { chance } = this.#stage.world;
    const chatId = chance.is(0.9) ? chance.oneOf(this.#fitting(request)) : undefined;
    const resolution: Resolution = chatId === undefined ? { notCreated: true } : { chatId };
    this.#do(`resolves ${request.id} as ${chatId ?? 'not created'}`, (service) =>
      this.#code.resolveRequest(service, request.id, resolution, 'somebody'),
    );
  }

  #fitting(request: GroupRequest): readonly string[] {
    const { greenApi, setting } = this.#stage;
    const { groupName, chatIds, idInstance = '' } = request;
    const policy = setting.policyOf(idInstance);
    const windows = windowsOn(idInstance, request).map((window) => withTolerance(window, policy));
    const sought = { groupName, chatIds, ownChatId: ownChatId(idInstance), windows };
    const groups = greenApi.groups.all.filter((group) => group.idInstance === idInstance);
    return groups.filter((group) => judge(sought, factsOf(group)) === 'fits').map(({ chatId }) => chatId);
  }

  #in(...statuses: RequestStatus[]): readonly GroupRequest[] {
    return requestsIn(this.#stage.table).filter(({ status }) => statuses.includes(status));
  }

  #do(what: string, body: (service: Service) => Promise<unknown>): void {
    this.#stage.world.note(`somebody ${what}`);
    this.#stage.execute({ role: 'person', body });
  }
}
