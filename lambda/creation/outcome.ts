/**
 * What one attempt (one POST of createGroup) came to. A closed union: whoever reads it switches over `kind` exhaustively.
 * `detail` is GREEN-API's own text, bounded in length, with the token removed and phone numbers masked.
 */
export type Outcome =
  /** The group exists. `groupInviteLink` may be empty. */
  | { readonly kind: 'created'; readonly chatId: string; readonly groupInviteLink: string }
  /** The request is at fault (validation, bad data, too large). Nothing reached WhatsApp. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** WhatsApp itself said no (500 `bad-request`). */
  | { readonly kind: 'rejected'; readonly detail: string }
  /** GREEN-API's own limits: `rate` (429) is over in seconds, `quota` (466) at the turn of the month. */
  | { readonly kind: 'throttled'; readonly limit: 'rate' | 'quota'; readonly detail: string }
  /** WhatsApp restricts the number: too many groups, too quickly. */
  | { readonly kind: 'overlimit'; readonly detail: string }
  /** The instance or its set-up is at fault. Nothing reached WhatsApp. */
  | { readonly kind: 'blocked'; readonly cause: BlockedCause; readonly detail: string }
  /** Nothing was written to the network, or what was written was refused for a token that has changed since. */
  | { readonly kind: 'not-sent'; readonly cause: NotSentCause; readonly detail: string }
  /** The group may or may not exist. `answered`: GREEN-API answered, though not clearly. */
  | { readonly kind: 'unknown'; readonly answered: boolean; readonly detail: string };

/** Why nothing was sent. Only `unreachable` says something about GREEN-API. */
export type NotSentCause = 'unreachable' | 'no-time-left' | 'token-changed';

/** Why an instance cannot create groups until somebody mends it. */
export type BlockedCause =
  | 'token-rejected' // 401
  | 'instance-unknown' // 403
  | 'path-unknown' // 404
  | 'redirected' // 3xx
  | 'wrong-method' // 204
  | 'starting' // 400
  | 'not-authorized' // 400
  | 'expired' // 400
  | 'deleted'; // 400
