import { and, eq, gte, inArray, or, type SQL } from 'drizzle-orm';
import { union, type MySqlColumn } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../../platform/context.ts';
import { comments, posts, postViews } from '../../schema/posts.ts';
import { bookmarks, LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import { firstKeptDay, type ActivityDay } from './mark-activity.ts';

/** Which likes, bookmarks, comments and views. */
type Gifts = Record<'likes' | 'bookmarks' | 'comments' | 'views', SQL | undefined>;

/** The days that gifts count for, whichever kind they are of; those that are kept. */
function findDays(ctx: Ctx, gifts: Gifts): Promise<ActivityDay[]> {
  const { db } = ctx.deps;
  const first = firstKeptDay(ctx);
  return union(
    db
      .select({ userId: likes.authorId, day: likes.day })
      .from(likes)
      .where(and(gifts.likes, gte(likes.day, first))),
    db
      .select({ userId: bookmarks.authorId, day: bookmarks.day })
      .from(bookmarks)
      .where(and(gifts.bookmarks, gte(bookmarks.day, first))),
    db
      .select({ userId: comments.postAuthorId, day: comments.day })
      .from(comments)
      .where(and(gifts.comments, gte(comments.day, first))),
    db
      .select({ userId: postViews.authorId, day: postViews.day })
      .from(postViews)
      .where(and(gifts.views, gte(postViews.day, first))),
  );
}

/** Days that somebody's gifts count for: to everybody, or to `authorId` alone. */
export function findDaysOfGiver(ctx: Ctx, giverId: string, authorId?: string): Promise<ActivityDay[]> {
  const isTo = (author: MySqlColumn) => (authorId === undefined ? undefined : eq(author, authorId));
  return findDays(ctx, {
    likes: and(eq(likes.userId, giverId), isTo(likes.authorId)),
    bookmarks: and(eq(bookmarks.userId, giverId), isTo(bookmarks.authorId)),
    comments: and(eq(comments.authorId, giverId), isTo(comments.postAuthorId)),
    views: and(eq(postViews.viewerId, giverId), isTo(postViews.authorId)),
  });
}

/** Days that posts count for by themselves. */
export function findDaysOfWriting(ctx: Ctx, postIds: readonly string[]): Promise<ActivityDay[]> {
  return ctx.deps.db
    .selectDistinct({ userId: posts.authorId, day: posts.day })
    .from(posts)
    .where(inArray(posts.id, [...postIds]));
}

/** Days that what posts were given counts for, likes of their comments included. */
export async function findDaysOfPosts(ctx: Ctx, postIds: readonly string[]): Promise<ActivityDay[]> {
  const ids = [...postIds];
  const [given, likesBelow] = await Promise.all([
    findDays(ctx, {
      likes: and(eq(likes.targetKind, LIKE_TARGETS.post), inArray(likes.targetId, ids)),
      bookmarks: inArray(bookmarks.postId, ids),
      comments: inArray(comments.postId, ids),
      views: inArray(postViews.postId, ids),
    }),
    findDaysOfCommentLikes(ctx, inArray(comments.postId, ids)),
  ]);
  return [...given, ...likesBelow];
}

/** Days that comments count for, and days that their likes do. */
export async function findDaysOfComments(ctx: Ctx, commentIds: readonly string[]): Promise<ActivityDay[]> {
  const isOne = inArray(comments.id, [...commentIds]);
  const [given, likesOfThem] = await Promise.all([
    ctx.deps.db
      .selectDistinct({ userId: comments.postAuthorId, day: comments.day })
      .from(comments)
      .where(isOne),
    findDaysOfCommentLikes(ctx, isOne),
  ]);
  return [...given, ...likesOfThem];
}

function findDaysOfCommentLikes(ctx: Ctx, which: SQL): Promise<ActivityDay[]> {
  return ctx.deps.db
    .selectDistinct({ userId: likes.authorId, day: likes.day })
    .from(comments)
    .innerJoin(likes, and(eq(likes.targetKind, LIKE_TARGETS.comment), eq(likes.targetId, comments.id)))
    .where(and(which, gte(likes.day, firstKeptDay(ctx))));
}

/** Days that likes which are still there count for. */
export function findDaysOfLikes(
  ctx: Ctx,
  targetKind: number,
  wanted: readonly { targetId: string; userId: string }[],
): Promise<ActivityDay[]> {
  const isOne = wanted.map(({ targetId, userId }) =>
    and(eq(likes.targetKind, targetKind), eq(likes.targetId, targetId), eq(likes.userId, userId)),
  );
  return ctx.deps.db
    .selectDistinct({ userId: likes.authorId, day: likes.day })
    .from(likes)
    .where(or(...isOne));
}

/** Days that bookmarks which are still there count for. */
export function findDaysOfBookmarks(
  ctx: Ctx,
  wanted: readonly { postId: string; userId: string }[],
): Promise<ActivityDay[]> {
  const isOne = wanted.map(({ postId, userId }) =>
    and(eq(bookmarks.postId, postId), eq(bookmarks.userId, userId)),
  );
  return ctx.deps.db
    .selectDistinct({ userId: bookmarks.authorId, day: bookmarks.day })
    .from(bookmarks)
    .where(or(...isOne));
}
