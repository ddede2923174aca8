import * as z from 'zod';
import { Id, pageOf, Time } from '../../platform/http/schemas.ts';
import { PersonCard } from '../people/index.ts';

export const NOTIFICATION_KINDS = [
  'follow',
  'career_invitation',
  'post_like',
  'comment_like',
  'comment',
  'reply',
  'mention',
  'career_post',
  'rank_change',
] as const;
/** `message` is pushed and never listed. */
export const PREFERENCE_KINDS = [...NOTIFICATION_KINDS, 'message'] as const;
export type PreferenceKind = (typeof PREFERENCE_KINDS)[number];

export const NotificationParams = z.strictObject({ notificationId: Id });

export const Notification = z
  .object({
    id: Id,
    kind: z.enum(NOTIFICATION_KINDS),
    section: z.enum(['today', 'week', 'month', 'older']).meta({
      description: '오늘 · 최근 7일 · 최근 30일 · 그 이전, by Korean days',
    }),
    isUnread: z.boolean(),
    person: PersonCard.nullable().meta({
      description: 'Who did it; of likes: the newest; null where nobody did (rank_change)',
    }),
    othersCount: z.number().int().meta({ description: 'Of likes: 외 N명' }),
    post: z.object({ id: Id, excerpt: z.string() }).nullable(),
    comment: z
      .object({ id: Id, excerpt: z.string() })
      .nullable()
      .meta({ description: 'The comment or reply it is about; it stands under `post`' }),
    career: z.object({ id: Id, name: z.string() }).nullable(),
    rank: z
      .object({
        rank: z.number().int(),
        previousRank: z.number().int().nullable(),
        topPercent: z.number().int(),
      })
      .nullable()
      .meta({ description: 'Of rank_change: my national rank, that of a week before, and 상위 N%' }),
    at: Time,
  })
  .meta({ id: 'Notification' });

export const NotificationPage = pageOf(Notification);

export const UnreadNotifications = z
  .object({ count: z.number().int().meta({ description: 'At most 100: show 99+' }) })
  .meta({ id: 'UnreadNotifications' });

export const PreferenceParams = z.strictObject({ kind: z.enum(PREFERENCE_KINDS) });
export const SetPreference = z.strictObject({ isOn: z.boolean() });
export const NotificationPreferences = z
  .object({ items: z.array(z.object({ kind: z.enum(PREFERENCE_KINDS), isOn: z.boolean() })) })
  .meta({ id: 'NotificationPreferences' });
