import type * as z from 'zod';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import type { PersonCard } from '../people/index.ts';
import type { Notification } from './schemas.ts';

const EXCERPT = 60;

export type NotificationRow = {
  id: string;
  kind: z.input<typeof Notification>['kind'];
  isUnread: boolean;
  createdAt: Date;
  othersCount: number;
  postId: string | null;
  postText: string | null;
  commentId: string | null;
  commentText: string | null;
  careerId: string | null;
  careerName: string | null;
  detail: z.input<typeof Notification>['rank'];
};

/** One notification as the app shows it. */
export function toNotification(
  row: NotificationRow,
  person: z.input<typeof PersonCard> | null,
  now: Date,
): z.input<typeof Notification> {
  return {
    id: row.id,
    kind: row.kind,
    section: sectionOf(row.createdAt, now),
    isUnread: row.isUnread,
    person,
    othersCount: row.othersCount,
    post: row.postId === null ? null : { id: row.postId, excerpt: excerptOf(row.postText) },
    comment: row.commentId === null ? null : { id: row.commentId, excerpt: excerptOf(row.commentText) },
    career: row.careerId === null ? null : { id: row.careerId, name: row.careerName ?? '' },
    rank: row.detail,
    at: row.createdAt.toISOString(),
  };
}

/** By Korean days: today, the six before, the 23 before those. */
export function sectionOf(at: Date, now: Date): 'today' | 'week' | 'month' | 'older' {
  const day = koreanDay(at);
  const today = koreanDay(now);
  if (day >= today) return 'today';
  if (day >= addDays(today, -6)) return 'week';
  return day >= addDays(today, -29) ? 'month' : 'older';
}

/** The first line's beginning, cut between characters. */
export function excerptOf(text: string | null): string {
  const characters = [...(text ?? '').replaceAll(/\s+/g, ' ').trim()];
  return characters.length <= EXCERPT ? characters.join('') : `${characters.slice(0, EXCERPT - 1).join('')}…`;
}
