import type { RecordedPost } from './journal.ts';
import type { SpacingViolation } from './spacing.ts';

/** One line about a POST that has ended, for a person to read: no token, and of the members only their number. */
export function postLine(post: RecordedPost, violation: SpacingViolation | undefined): string {
  const parts = [
    `#${post.number} createGroup on ${post.idInstance}`,
    post.memberCount === undefined ? undefined : `${post.memberCount} members`,
    ended(post),
    post.chatId === undefined ? 'no group' : `group ${post.chatId}`,
    post.endMs === undefined ? undefined : `${post.endMs - post.startMs} ms`,
    violation === undefined ? undefined : tooSoon(violation),
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function ended(post: RecordedPost): string {
  switch (post.ending) {
    case 'answered':
      return post.stage === 'whatsapp' ? `${post.status}` : `${post.status} (${post.stage})`;
    case 'cut-off':
      return 'cut off';
    case 'client-gone':
      return 'the client went away';
    case 'under-way':
      return 'under way';
  }
}

function tooSoon({ gapMs, previousPost, requiredMs }: SpacingViolation): string {
  return `TOO SOON: ${gapMs / 1000} s after #${previousPost}, not ${requiredMs / 1000} s`;
}
