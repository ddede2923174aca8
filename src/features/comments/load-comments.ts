import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
import { isTrue } from '../../platform/db/columns.ts';
import { users } from '../../schema/accounts.ts';
import { comments } from '../../schema/posts.ts';
import { LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import { createPersonView, isVisibleTo, personColumns } from '../people/index.ts';
import { FIRST_REPLIES, toComment, toReply, type CommentView, type ReplyView } from './view.ts';
import { isShownTo } from './visibility.ts';

const named = alias(users, 'named');
const reply = alias(comments, 'reply');

/** Comments of a post that the viewer may see, in the order of `ids`, with their first replies, in two statements. */
export async function loadComments(ctx: UserCtx, ids: readonly string[]): Promise<CommentView[]> {
  if (ids.length === 0) return [];
  const [rows, replies, toPerson] = await Promise.all([
    readComments(ctx, ids),
    readFirstReplies(ctx, ids),
    createPersonView(ctx),
  ]);
  const viewing = { viewerId: ctx.actor.userId, toPerson };
  const rowById = new Map(rows.map((row) => [row.id, row]));
  const repliesByComment = Map.groupBy(replies, ({ parentId }) => parentId);
  return ids.flatMap((id) => {
    const row = rowById.get(id);
    return row ? toComment(row, repliesByComment.get(id) ?? [], viewing) : [];
  });
}

/** Replies, oldest first; those that the viewer may not see are missing. */
export async function loadReplies(ctx: UserCtx, ids: readonly string[]): Promise<ReplyView[]> {
  if (ids.length === 0) return [];
  const [rows, toPerson] = await Promise.all([
    selectReplies(ctx)
      .where(and(inArray(comments.id, [...ids]), isShownTo(ctx.actor.userId, comments)))
      .orderBy(asc(comments.id)),
    createPersonView(ctx),
  ]);
  const viewing = { viewerId: ctx.actor.userId, toPerson };
  return rows.map((row) => toReply(row, viewing));
}

function readComments(ctx: UserCtx, ids: readonly string[]) {
  const viewerId = ctx.actor.userId;
  return ctx.deps.db
    .select({
      id: comments.id,
      postId: comments.postId,
      text: comments.text,
      likeCount: comments.likeCount,
      replyCount: comments.replyCount,
      createdAt: comments.createdAt,
      isLiked: isLiked(viewerId),
      isShown: sql`(${isShownTo(viewerId, comments)})`.mapWith(isTrue).as('is_shown'),
      author: personColumns(viewerId),
    })
    .from(comments)
    .leftJoin(users, eq(users.id, comments.authorId))
    .where(inArray(comments.id, [...ids]));
}

/** Each is found by a few steps down an index, so that one comment with thousands of replies costs as much as any. */
function readFirstReplies(ctx: UserCtx, ids: readonly string[]) {
  const picks = Array.from({ length: FIRST_REPLIES + 1 }, (_, offset) =>
    pickReply(ctx.actor.userId, ids, offset),
  );
  return selectReplies(ctx)
    .innerJoin(sql`(${sql.join(picks, sql` union all `)}) as picked`, sql`${comments.id} = picked.reply_id`)
    .orderBy(asc(comments.id));
}

function pickReply(viewerId: string, ids: readonly string[], offset: number): SQL {
  return sql`select (select ${reply.id} from ${comments} as reply where ${reply.postId} = ${comments.postId} and ${reply.parentId} = ${comments.id} and ${isShownTo(viewerId, reply)} order by ${reply.id} limit 1 offset ${offset}) as reply_id from ${comments} where ${inArray(comments.id, [...ids])}`;
}

function selectReplies(ctx: UserCtx) {
  const viewerId = ctx.actor.userId;
  return ctx.deps.db
    .select({
      id: comments.id,
      parentId: comments.parentId,
      text: comments.text,
      likeCount: comments.likeCount,
      createdAt: comments.createdAt,
      isLiked: isLiked(viewerId),
      author: personColumns(viewerId),
      replyTo: { id: named.id, name: named.name },
    })
    .from(comments)
    .innerJoin(users, eq(users.id, comments.authorId))
    .leftJoin(named, and(eq(named.id, comments.replyToUserId), isVisibleTo(viewerId, named.id)));
}

function isLiked(viewerId: string) {
  return sql`exists (select 1 from ${likes} as liking where liking.target_kind = ${LIKE_TARGETS.comment} and liking.target_id = ${comments.id} and liking.user_id = ${viewerId})`
    .mapWith(isTrue)
    .as('is_liked');
}
