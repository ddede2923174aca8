import { and, asc, eq, gt, inArray, isNull, ne } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  toExportChunk,
  type ExportStep,
  type PurgeStep,
} from '../../platform/retention.ts';
import { comments } from '../../schema/posts.ts';
import { LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import type { PostPart } from '../posts/index.ts';
import { NO_PARENT } from './queries.ts';
import { recountOfPosts, recountReplies } from './reactions.ts';

const COMMENTS_AT_ONCE = 200;
const EXPORT_CHUNK = 500;
/** Nobody: the author of a stub whose author is gone. */
const NOBODY = '0';

/** What others wrote under the person's posts goes with those, likes and all. */
async function purgeReceived({ deps }: SystemCtx, userId: string): Promise<number> {
  const rows = await deps.db
    .select({ id: comments.id })
    .from(comments)
    .where(eq(comments.postAuthorId, userId))
    .limit(COMMENTS_AT_ONCE);
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await deps.db
    .delete(likes)
    .where(and(eq(likes.targetKind, LIKE_TARGETS.comment), inArray(likes.targetId, ids)));
  await deps.db.delete(comments).where(inArray(comments.id, ids));
  return rows.length;
}

/**
 * What the person wrote under others' posts. First as if they had deleted it, with the counts; then the rows, of which
 * those that others answered stay as stubs of nobody, without a word. Each part may be done again.
 */
async function purgeWritten(ctx: SystemCtx, userId: string): Promise<number> {
  const { db, clock } = ctx.deps;
  const rows = await db
    .select({ id: comments.id, postId: comments.postId, parentId: comments.parentId })
    .from(comments)
    .where(eq(comments.authorId, userId))
    .limit(COMMENTS_AT_ONCE);
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  const postIds = [...new Set(rows.map(({ postId }) => postId))];
  await db
    .update(comments)
    .set({ deletedAt: clock.now() })
    .where(and(inArray(comments.id, ids), isNull(comments.deletedAt)));
  await recountOfPosts(ctx, postIds);
  await recountReplies(
    ctx,
    rows.flatMap(({ parentId }) => (parentId === NO_PARENT ? [] : parentId)),
  );
  await forgetAnswered(ctx, userId, rows);
  const answered = await findAnswered(ctx, userId, postIds, ids);
  if (answered.length > 0) {
    await db
      .update(comments)
      .set({ authorId: NOBODY, text: '', likeCount: 0, replyToUserId: null, clientKey: null })
      .where(inArray(comments.id, answered));
  }
  const unanswered = ids.filter((id) => !answered.includes(id));
  if (unanswered.length > 0) await db.delete(comments).where(inArray(comments.id, unanswered));
  return rows.length;
}

type Row = { id: string; postId: string; parentId: string };

/** Those who answered the person answer nobody now. One is answered only in threads one has written in. */
async function forgetAnswered({ deps }: SystemCtx, userId: string, rows: readonly Row[]): Promise<void> {
  const threads = new Set(rows.map(({ id, parentId }) => (parentId === NO_PARENT ? id : parentId)));
  await deps.db
    .update(comments)
    .set({ replyToUserId: null })
    .where(
      and(
        inArray(comments.postId, [...new Set(rows.map(({ postId }) => postId))]),
        inArray(comments.parentId, [...threads]),
        eq(comments.replyToUserId, userId),
      ),
    );
}

async function findAnswered({ deps }: SystemCtx, userId: string, postIds: string[], ids: string[]) {
  const rows = await deps.db
    .selectDistinct({ id: comments.parentId })
    .from(comments)
    .where(
      and(inArray(comments.postId, postIds), inArray(comments.parentId, ids), ne(comments.authorId, userId)),
    );
  return rows.map(({ id }) => id);
}

export const commentPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({ name: 'comments_received', run: purgeReceived }),
  definePurgeStep({ name: 'comments_written', run: purgeWritten }),
];

/** Likes of comments first: they name no post. */
export const commentPostParts: readonly PostPart[] = [
  async ({ deps }, postIds) => {
    const isOfComment = eq(likes.targetKind, LIKE_TARGETS.comment);
    const liked = await deps.db
      .selectDistinct({ id: likes.targetId })
      .from(comments)
      .innerJoin(likes, and(isOfComment, eq(likes.targetId, comments.id)))
      .where(inArray(comments.postId, postIds))
      .limit(DELETE_CHUNK);
    if (liked.length === 0) return 0;
    const ids = liked.map(({ id }) => id);
    const which = and(isOfComment, inArray(likes.targetId, ids));
    return (await deps.db.delete(likes).where(which).limit(DELETE_CHUNK)).rowsAffected;
  },
  async ({ deps }, postIds) => {
    const which = inArray(comments.postId, postIds);
    return (await deps.db.delete(comments).where(which).limit(DELETE_CHUNK)).rowsAffected;
  },
];

export const commentExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'comments',
    async read({ deps }, userId, after) {
      const found = await deps.db
        .select({
          id: comments.id,
          postId: comments.postId,
          parentId: comments.parentId,
          text: comments.text,
          createdAt: comments.createdAt,
        })
        .from(comments)
        .where(
          and(
            eq(comments.authorId, userId),
            isNull(comments.deletedAt),
            after ? gt(comments.id, after) : undefined,
          ),
        )
        .orderBy(asc(comments.id))
        .limit(EXPORT_CHUNK);
      return toExportChunk(found, EXPORT_CHUNK, ({ parentId, ...row }) => ({
        ...row,
        commentId: parentId === NO_PARENT ? null : parentId,
      }));
    },
  }),
];
