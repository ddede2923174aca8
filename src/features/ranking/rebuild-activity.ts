import { and, asc, between, eq, gt, or } from 'drizzle-orm';
import { union, type MySqlColumn, type MySqlTable } from 'drizzle-orm/mysql-core';
import type { SystemCtx } from '../../platform/context.ts';
import { comments, posts, postViews } from '../../schema/posts.ts';
import { activityDays } from '../../schema/ranking.ts';
import { bookmarks, likes } from '../../schema/reactions.ts';
import { markActivity, type ActivityDay } from './mark-activity.ts';

const DAYS_AT_ONCE = 1000;

type Range = { from: string; to: string };

/**
 * Marks the next days in a range (Korean days, both included) that have activity, or have rows that could give some.
 * Answers how many, and where to go on.
 */
export async function markRange(
  ctx: SystemCtx,
  range: Range,
  after: ActivityDay | undefined,
): Promise<{ rows: number; next: ActivityDay | undefined }> {
  const part = <T extends MySqlTable, U extends MySqlColumn, D extends MySqlColumn>(
    table: T,
    userId: U,
    day: D,
  ) =>
    ctx.deps.db
      .selectDistinct({ userId, day })
      .from(table)
      .where(
        and(
          between(day, range.from, range.to),
          after && or(gt(userId, after.userId), and(eq(userId, after.userId), gt(day, after.day))),
        ),
      )
      .orderBy(asc(userId), asc(day))
      .limit(DAYS_AT_ONCE);
  const found = await union(
    part(activityDays, activityDays.userId, activityDays.day),
    part(posts, posts.authorId, posts.day),
    part(likes, likes.authorId, likes.day),
    part(bookmarks, bookmarks.authorId, bookmarks.day),
    part(comments, comments.postAuthorId, comments.day),
    part(postViews, postViews.authorId, postViews.day),
  )
    .orderBy(asc(activityDays.userId), asc(activityDays.day))
    .limit(DAYS_AT_ONCE);
  await markActivity(ctx, found);
  return { rows: found.length, next: found.length < DAYS_AT_ONCE ? undefined : found.at(-1) };
}
