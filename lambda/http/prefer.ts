const RESPOND_ASYNC = 'respond-async';
/** How `Preference-Applied` names it. */
export const PREFERENCE_APPLIED = { 'preference-applied': RESPOND_ASYNC } as const;

/** A quoted string, whatever it holds; one that nobody closed reaches to the end. */
const QUOTED = /"(?:[^"\\]|\\.)*(?:"|$)/g;
/** The name, without a value or with an empty one; parameters say nothing here. */
const ASYNC = /^respond-async\s*(?:=\s*(?:"")?\s*)?(?:;|$)/i;

/**
 * Whether a caller agrees to let his request wait: `Prefer: respond-async` (RFC 7240, section 4.1). Several preferences stand in
 * one header with commas between them, and several headers arrive joined in the same way; those that we do not know are left alone.
 */
export function asksForAsync(prefer: string | null): boolean {
  if (prefer === null) return false;
  // Only the emptiness of a value matters; what it holds must not be taken for a preference.
  const plain = prefer.replace(QUOTED, (quoted) => (quoted === '""' ? quoted : '"…"'));
  return plain.split(',').some((preference) => ASYNC.test(preference.trim()));
}
