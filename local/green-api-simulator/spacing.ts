import { ENGINE_MS } from './faults.ts';
import type { RecordedPost } from './journal.ts';

/** A createGroup POST that came too soon after one that may have reached WhatsApp. Times in milliseconds. */
export interface SpacingViolation {
  readonly idInstance: string;
  readonly post: number;
  readonly previousPost: number;
  /** From the end of the previous one to the start of this one; negative where they overlap. */
  readonly gapMs: number;
  readonly requiredMs: number;
}

/**
 * Every POST that started less than `spacingMs` after the end of one before it, on the same instance, that passed to WhatsApp.
 * @param posts in order of arrival.
 */
export function spacingViolations(
  posts: readonly RecordedPost[],
  spacingMs: number,
  nowMs: number,
): readonly SpacingViolation[] {
  const latest = new Map<string, { readonly post: number; readonly endMs: number }>();
  return posts.flatMap((post) => {
    const previous = latest.get(post.idInstance);
    const endMs = spacingEndMs(post, nowMs);
    if (post.stage === 'whatsapp' && endMs > (previous?.endMs ?? Number.NEGATIVE_INFINITY)) {
      latest.set(post.idInstance, { post: post.number, endMs });
    }
    if (previous === undefined || post.startMs - previous.endMs >= spacingMs) return [];
    return {
      idInstance: post.idInstance,
      post: post.number,
      previousPost: previous.post,
      gapMs: post.startMs - previous.endMs,
      requiredMs: spacingMs,
    };
  });
}

/**
 * When a POST is over as far as spacing goes: with its answer; where none told the end, when GREEN-API's engine must have given up.
 * Never before its group came into being.
 */
function spacingEndMs(post: RecordedPost, nowMs: number): number {
  const endMs = post.endMs ?? nowMs;
  const told = post.ending === 'answered' || post.ending === 'under-way';
  return Math.max(told ? endMs : endMs + ENGINE_MS, post.createdAtMs ?? endMs);
}
