import type { GroupFacts } from '../../lambda/creation/ports.ts';
import type { Post } from './green-api-model.ts';
import type { World } from './world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** GREEN-API's lists show a new group so much later at the most. */
const CHATS_LAG_MS = MINUTE_MS;
const CONTACTS_LAG_MS = 5 * MINUTE_MS;

/** A group as WhatsApp has it, in true time. */
export interface Group {
  readonly chatId: string;
  readonly groupName: string;
  readonly idInstance: string;
  readonly creator: string;
  /** The creator among them. */
  readonly members: readonly string[];
  readonly atMs: number;
  /** The call that made it; without one, somebody made it by hand. */
  readonly post?: Post;
  readonly inChatsFromMs: number;
  readonly inContactsFromMs: number;
}

/** One that a call made. */
export type CreatedGroup = Group & { readonly post: Post };

/** The chat id of an instance's own number. */
export const ownChatId = (idInstance: string): string => `7${idInstance}@c.us`;

/** As GREEN-API tells it. WhatsApp counts in whole seconds. */
export function factsOf({ chatId, groupName, atMs, creator, members }: Group): GroupFacts {
  return {
    chatId,
    subject: groupName,
    createdAtMs: Math.floor(atMs / SECOND_MS) * SECOND_MS,
    creators: [creator],
    members,
    isWhole: true,
    groupInviteLink: `https://chat.whatsapp.com/${chatId.slice(0, -'@g.us'.length)}`,
  };
}

/** All groups of all numbers. */
export class Groups {
  readonly all: Group[] = [];
  readonly #world: World;
  #chatIds = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get created(): readonly CreatedGroup[] {
    return this.all.filter((group): group is CreatedGroup => group.post !== undefined);
  }

  newChatId(): string {
    this.#chatIds += 1;
    return `120363${String(this.#chatIds).padStart(12, '0')}@g.us`;
  }

  find(chatId: string | undefined): Group | undefined {
    return this.all.find((group) => group.chatId === chatId);
  }

  /** From this instant on it exists, and some time later the lists show it. */
  add(group: Omit<Group, 'inChatsFromMs' | 'inContactsFromMs'>): void {
    const { chance } = this.#world;
    this.all.push({
      ...group,
      inChatsFromMs: group.atMs + chance.between(0, CHATS_LAG_MS),
      inContactsFromMs: group.atMs + chance.between(0, CONTACTS_LAG_MS),
    });
    const how = group.post ? 'exists' : `is made by hand, by ${group.creator},`;
    this.#world.note(`group "${group.groupName}" ${how} on ${group.idInstance}: ${group.chatId}`);
  }
}
