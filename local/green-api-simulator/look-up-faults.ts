import * as z from 'zod/mini';

/** GREEN-API refreshes the chats once a minute (docs, getChats [C]). */
const MAX_CHATS_LAG_SECONDS = 60;
/** …and the contacts within five minutes (docs, getContacts [C]). */
const MAX_CONTACTS_LAG_SECONDS = 300;
const MAX_COUNT = 1_000_000;

/** How a look-up that got past all checks is answered; all but `ok` tell nothing. */
export const LOOK_UP_ANSWERS = ['ok', 'error-500', 'timed-out', 'html-502', 'hang', 'null-body'] as const;

/** A number of calls, groups or members. */
export const count = z.int().check(z.minimum(0), z.maximum(MAX_COUNT));

const lagSeconds = (maximum: number) => z._default(z.int().check(z.minimum(0), z.maximum(maximum)), 0);

/** What can be wrong with the methods that change nothing. Unlike other faults they stay when `times` is used up. */
export const LOOK_UP_FAULTS = {
  /** What goes wrong with every look-up, getStateInstance included. */
  lookUps: z._default(z.enum(LOOK_UP_ANSWERS), 'ok'),
  /** Lists without anything: getContacts may be empty once (docs [C]). */
  emptyLists: z._default(z.enum(['none', 'chats', 'contacts', 'both']), 'none'),
  /** How many entries a list has at most: the chats lose the least active ones, the contacts the newest groups. */
  cutListsTo: z.optional(count),
  /** Groups without their names in the lists (issues 427 and 710 [O]): empty in the contacts, missing in the chats. */
  namelessGroups: z._default(z.boolean(), false),
  /** How long a new group is not among the chats. */
  chatsLagSeconds: lagSeconds(MAX_CHATS_LAG_SECONDS),
  /** How long a new group is not among the contacts. */
  contactsLagSeconds: lagSeconds(MAX_CONTACTS_LAG_SECONDS),
  /** getGroupData without the invitation, even for an admin. */
  linklessGroups: z._default(z.boolean(), false),
  /** How many participants getGroupData lists at most, the owner first; `size` tells how many there are [O]. */
  listedParticipants: z.optional(count),
  /** getGroupData names people as `…@lid` only (issues 1121 and 1125 [O]). */
  lidMode: z._default(z.boolean(), false),
  /** How many checkWhatsapp calls are let through, from now on, until 466. */
  checkWhatsappQuota: z.optional(count),
};

export type LookUpAnswer = (typeof LOOK_UP_ANSWERS)[number];
