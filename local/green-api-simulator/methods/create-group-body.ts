import * as z from 'zod/mini';

const MAX_NAME_LENGTH = 100;

/** What createGroup takes. */
export const CreateGroupBody = z.strictObject({
  groupName: z.string().check(
    z.refine((name) => name.trim() !== '', { error: "'groupName' is not allowed to be empty", abort: true }),
    // In UTF-16 units, as Joi counts [I].
    z.refine((name) => name.length <= MAX_NAME_LENGTH, {
      error: `'groupName' length must be less than or equal to ${MAX_NAME_LENGTH} characters long`,
    }),
  ),
  // Only the ending is looked at: a wrongly formatted number gets as far as WhatsApp (issue 748 [O]).
  chatIds: z.array(z.string().check(z.regex(/.@(c|g)\.us$/, "'phone_number@c.us' or 'group_id@g.us'"))),
});

/** What createGroup is asked for. */
export type CreateGroupBody = z.output<typeof CreateGroupBody>;
