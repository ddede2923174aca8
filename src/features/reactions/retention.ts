import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { timeOfId } from '../../platform/ids.ts';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  toExportChunk,
  type ExportStep,
  type PurgeStep,
} from '../../platform/retention.ts';
import { bookmarks, LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import type { PostPart } from '../posts/index.ts';
import { recountBookmarksOf, recountLikesOfComment, recountLikesOfPost } from './recount.ts';

/** Small: each has something counted inside the transaction. */
const REACTIONS_AT_ONCE = 200;
const EXPORT_CHUNK = 1000;

async function purgeLikesGiven(ctx: SystemCtx, userId: string): Promise<number> {
  const rows = await ctx.deps.db
    .select({ targetKind: likes.targetKind, targetId: likes.targetId, id: likes.id })
    .from(likes)
    .where(eq(likes.userId, userId))
    .limit(REACTIONS_AT_ONCE);
  const targetsOf = (kind: number) =>
    rows.flatMap(({ targetKind, targetId }) => (targetKind === kind ? targetId : []));
  for (const [kind, recount] of [
    [LIKE_TARGETS.post, recountLikesOfPost],
    [LIKE_TARGETS.comment, recountLikesOfComment],
  ] as const) {
    const targetIds = targetsOf(kind);
    if (targetIds.length === 0) continue;
    await inTransaction(ctx, async ({ db }) => {
      await db
        .delete(likes)
        .where(and(eq(likes.targetKind, kind), inArray(likes.targetId, targetIds), eq(likes.userId, userId)));
      await recount(db, targetIds);
    });
  }
  return rows.length;
}

async function purgeBookmarksKept(ctx: SystemCtx, userId: string): Promise<number> {
  const rows = await ctx.deps.db
    .select({ postId: bookmarks.postId })
    .from(bookmarks)
    .where(eq(bookmarks.userId, userId))
    .limit(REACTIONS_AT_ONCE);
  if (rows.length === 0) return 0;
  const postIds = rows.map(({ postId }) => postId);
  await inTransaction(ctx, async ({ db }) => {
    await db.delete(bookmarks).where(and(eq(bookmarks.userId, userId), inArray(bookmarks.postId, postIds)));
    await recountBookmarksOf(db, postIds);
  });
  return rows.length;
}

/** Of things that go with the person: nobody counts them any more. */
export const reactionPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({ name: 'likes_given', run: purgeLikesGiven }),
  definePurgeStep({
    name: 'likes_received',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(likes)
        .where(eq(likes.authorId, userId))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  definePurgeStep({ name: 'bookmarks_kept', run: purgeBookmarksKept }),
  definePurgeStep({
    name: 'bookmarks_received',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(bookmarks)
        .where(eq(bookmarks.authorId, userId))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

export const reactionPostParts: readonly PostPart[] = [
  async ({ deps }, postIds) => {
    const which = and(eq(likes.targetKind, LIKE_TARGETS.post), inArray(likes.targetId, postIds));
    return (await deps.db.delete(likes).where(which).limit(DELETE_CHUNK)).rowsAffected;
  },
  async ({ deps }, postIds) => {
    const which = inArray(bookmarks.postId, postIds);
    return (await deps.db.delete(bookmarks).where(which).limit(DELETE_CHUNK)).rowsAffected;
  },
];

export const reactionExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'likes',
    async read({ deps }, userId, after) {
      const found = await deps.db
        .select({ id: likes.id, targetKind: likes.targetKind, targetId: likes.targetId })
        .from(likes)
        .where(and(eq(likes.userId, userId), after ? gt(likes.id, after) : undefined))
        .orderBy(asc(likes.id))
        .limit(EXPORT_CHUNK);
      return toExportChunk(found, EXPORT_CHUNK, ({ id, targetKind, targetId }) => ({
        kind: targetKind === LIKE_TARGETS.post ? 'post' : 'comment',
        targetId,
        likedAt: timeOfId(id),
      }));
    },
  }),
  defineExportStep({
    name: 'bookmarks',
    async read({ deps }, userId, after) {
      const found = await deps.db
        .select({ id: bookmarks.id, postId: bookmarks.postId })
        .from(bookmarks)
        .where(and(eq(bookmarks.userId, userId), after ? gt(bookmarks.id, after) : undefined))
        .orderBy(asc(bookmarks.id))
        .limit(EXPORT_CHUNK);
      return toExportChunk(found, EXPORT_CHUNK, ({ id, postId }) => ({ postId, savedAt: timeOfId(id) }));
    },
  }),
];
