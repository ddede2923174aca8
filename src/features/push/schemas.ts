import * as z from 'zod';

/** What can be pushed: a closed list, none of it promotional. */
export const PUSH_KINDS = [
  'follow',
  'career_invitation',
  'post_like',
  'comment_like',
  'comment',
  'reply',
  'mention',
  'career_post',
  'rank_change',
  'message',
] as const;
export type PushKind = (typeof PUSH_KINDS)[number];

export const RegisterDevice = z.strictObject({
  token: z
    .string()
    .regex(/^[\x21-\x7e]{20,1000}$/)
    .meta({ description: "FCM registration token, as Firebase's SDK gives it" }),
  platform: z.enum(['ios', 'android', 'web']),
  language: z.enum(['ko', 'en']).default('ko'),
});
