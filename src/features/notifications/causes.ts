import { and, eq, inArray, isNull, ne, or, type SQL } from 'drizzle-orm';
import { alias, type MySqlColumn } from 'drizzle-orm/mysql-core';
import type { SystemCtx } from '../../platform/context.ts';
import { timeOfId } from '../../platform/ids.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { comments, posts } from '../../schema/posts.ts';
import { follows, LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import type { Cause } from './notify.ts';

/** Each finds what events have left in the rows: what has been taken back meanwhile causes nothing. */

const parents = alias(comments, 'parents');

/** Not `(a, b) in (…)`: there MySQL compares ids, which come as text, as doubles. */
function isOneOf(
  first: MySqlColumn,
  second: MySqlColumn,
  pairs: readonly (readonly [string, string])[],
): SQL | undefined {
  return or(...pairs.map(([a, b]) => and(eq(first, a), eq(second, b))));
}

export async function causesOfFollows(
  { deps }: SystemCtx,
  pairs: readonly { followerId: string; followeeId: string }[],
): Promise<Cause[]> {
  const rows = await deps.db
    .select()
    .from(follows)
    .where(
      isOneOf(
        follows.followerId,
        follows.followeeId,
        pairs.map(({ followerId, followeeId }) => [followerId, followeeId] as const),
      ),
    );
  return rows.map(({ followerId, followeeId, id, createdAt }) => ({
    userId: followeeId,
    kind: 'follow',
    subjectId: followerId,
    actorId: followerId,
    orderId: id,
    at: createdAt,
  }));
}

export async function causesOfInvitations(
  { deps }: SystemCtx,
  invitations: readonly {
    eventId: string;
    at: Date;
    careerId: string;
    inviterId: string;
    userIds: string[];
  }[],
): Promise<Cause[]> {
  const careerIds = [...new Set(invitations.map(({ careerId }) => careerId))];
  const standing = await deps.db
    .select({ careerId: careerMembers.careerId, userId: careerMembers.userId })
    .from(careerMembers)
    .where(and(inArray(careerMembers.careerId, careerIds), eq(careerMembers.state, 'invited')));
  const stands = new Set(standing.map(({ careerId, userId }) => `${careerId} ${userId}`));
  return invitations.flatMap(({ eventId, at, careerId, inviterId, userIds }) =>
    userIds.flatMap((userId): Cause[] =>
      stands.has(`${careerId} ${userId}`)
        ? [
            {
              userId,
              kind: 'career_invitation',
              subjectId: careerId,
              actorId: inviterId,
              careerId,
              orderId: eventId,
              at,
            },
          ]
        : [],
    ),
  );
}

export async function causesOfLikes(
  { deps }: SystemCtx,
  kind: 'post_like' | 'comment_like',
  pairs: readonly { targetId: string; userId: string }[],
): Promise<Cause[]> {
  const targetKind = kind === 'post_like' ? LIKE_TARGETS.post : LIKE_TARGETS.comment;
  const found = await deps.db
    .select({ id: likes.id, targetId: likes.targetId, userId: likes.userId, authorId: likes.authorId })
    .from(likes)
    .where(
      and(
        eq(likes.targetKind, targetKind),
        isOneOf(
          likes.targetId,
          likes.userId,
          pairs.map(({ targetId, userId }) => [targetId, userId] as const),
        ),
      ),
    );
  const postIds = kind === 'comment_like' ? await findPostIds(deps, found) : undefined;
  return found.map(({ id, targetId, userId, authorId }) => ({
    userId: authorId,
    kind,
    subjectId: targetId,
    actorId: userId,
    postId: postIds ? (postIds.get(targetId) ?? '0') : targetId,
    ...(postIds && { commentId: targetId }),
    orderId: id,
    at: timeOfId(id),
  }));
}

async function findPostIds(
  { db }: SystemCtx['deps'],
  found: readonly { targetId: string }[],
): Promise<Map<string, string>> {
  if (found.length === 0) return new Map();
  const ids = [...new Set(found.map(({ targetId }) => targetId))];
  const rows = await db
    .select({ id: comments.id, postId: comments.postId })
    .from(comments)
    .where(inArray(comments.id, ids));
  return new Map(rows.map(({ id, postId }) => [id, postId]));
}

/**
 * A comment is told to the post's author, a reply to the author of the comment it stands under, and to whoever else it
 * answers as a mention. Nobody is told of one comment twice.
 */
export async function causesOfComments({ deps }: SystemCtx, commentIds: readonly string[]): Promise<Cause[]> {
  const rows = await deps.db
    .select({
      id: comments.id,
      postId: comments.postId,
      authorId: comments.authorId,
      postAuthorId: comments.postAuthorId,
      replyToUserId: comments.replyToUserId,
      parentAuthorId: parents.authorId,
      at: comments.createdAt,
    })
    .from(comments)
    .leftJoin(parents, eq(parents.id, comments.parentId))
    .where(and(inArray(comments.id, [...commentIds]), isNull(comments.deletedAt)));
  return rows.flatMap(
    ({ id, postId, authorId, postAuthorId, replyToUserId, parentAuthorId, at }): Cause[] => {
      const common = { subjectId: id, actorId: authorId, postId, commentId: id, orderId: id, at };
      if (parentAuthorId === null) return [{ ...common, kind: 'comment' as const, userId: postAuthorId }];
      const reply = { ...common, kind: 'reply' as const, userId: parentAuthorId };
      if (replyToUserId === null || replyToUserId === parentAuthorId) return [reply];
      return [reply, { ...common, kind: 'mention' as const, userId: replyToUserId }];
    },
  );
}

/** A post in a group career is told to the others in it. */
export async function causesOfPosts({ deps }: SystemCtx, postIds: readonly string[]): Promise<Cause[]> {
  const rows = await deps.db
    .select({
      postId: posts.id,
      authorId: posts.authorId,
      careerId: posts.careerId,
      userId: careerMembers.userId,
      at: posts.createdAt,
    })
    .from(posts)
    .innerJoin(careers, eq(careers.id, posts.careerId))
    .innerJoin(careerMembers, eq(careerMembers.careerId, posts.careerId))
    .where(
      and(
        inArray(posts.id, [...postIds]),
        isNull(posts.deletedAt),
        eq(careers.kind, 'group'),
        eq(careerMembers.state, 'active'),
        ne(careerMembers.userId, posts.authorId),
      ),
    );
  return rows.map(({ postId, authorId, careerId, userId, at }) => ({
    userId,
    kind: 'career_post',
    subjectId: postId,
    actorId: authorId,
    postId,
    careerId,
    orderId: postId,
    at,
  }));
}
