import { and, eq, isNull, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import { comments, posts } from '../../schema/posts.ts';
import { reports } from '../../schema/reactions.ts';
import { isKnownTo, isVisibleTo } from '../people/index.ts';
import { isPostVisibleTo } from '../posts/index.ts';

export type ReportTarget = { targetKind: 'post' | 'comment' | 'user'; targetId: string };

/** Whose a thing is; undefined when the viewer cannot see it. */
export async function findTargetOwner(
  ctx: UserCtx,
  { targetKind, targetId }: ReportTarget,
): Promise<string | undefined> {
  const { db } = ctx.deps;
  const viewerId = ctx.actor.userId;
  const find = {
    // Somebody whom the reporter has blocked can still be reported.
    user: () =>
      db
        .select({ ownerId: users.id })
        .from(users)
        .where(and(eq(users.id, targetId), isKnownTo(viewerId, users.id))),
    post: () =>
      db
        .select({ ownerId: posts.authorId })
        .from(posts)
        .where(and(eq(posts.id, targetId), isPostVisibleTo(viewerId))),
    comment: () =>
      db
        .select({ ownerId: comments.authorId })
        .from(comments)
        .innerJoin(posts, eq(posts.id, comments.postId))
        .where(
          and(
            eq(comments.id, targetId),
            isNull(comments.deletedAt),
            isVisibleTo(viewerId, comments.authorId),
            isPostVisibleTo(viewerId),
          ),
        ),
  }[targetKind];
  const [row] = await find();
  return row?.ownerId;
}

/** The open report of one reporter on one thing. */
export async function findOpenReport(ctx: UserCtx, { targetKind, targetId }: ReportTarget) {
  const [row] = await ctx.deps.db
    .select({ id: reports.id, createdAt: reports.createdAt })
    .from(reports)
    .where(
      and(
        eq(reports.reporterId, ctx.actor.userId),
        eq(reports.targetKind, targetKind),
        eq(reports.targetId, targetId),
        sql`${reports.openMark} = 1`,
      ),
    );
  return row;
}
