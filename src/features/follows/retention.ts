import { and, asc, eq, gt, inArray, isNull, or } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  type ExportStep,
  type PurgeStep,
} from '../../platform/retention.ts';
import { users } from '../../schema/accounts.ts';
import { blocks, follows } from '../../schema/reactions.ts';
import { recountFollowers, recountFollowings } from './recount.ts';

/** Small: each of them has somebody's followers counted inside the transaction. */
const FOLLOWS_AT_ONCE = 100;
const EXPORT_CHUNK = 1000;

/** The counts of those who stay change in the same transaction, so that they are right wherever a run is cut off. */
async function purgeFollows(ctx: SystemCtx, userId: string): Promise<number> {
  const rows = await ctx.deps.db
    .select({ followerId: follows.followerId, followeeId: follows.followeeId })
    .from(follows)
    .where(or(eq(follows.followerId, userId), eq(follows.followeeId, userId)))
    .limit(FOLLOWS_AT_ONCE);
  const followees = rows.flatMap(({ followerId, followeeId }) => (followerId === userId ? followeeId : []));
  const followers = rows.flatMap(({ followerId, followeeId }) => (followeeId === userId ? followerId : []));
  if (followees.length > 0)
    await inTransaction(ctx, async ({ db }) => {
      await db
        .delete(follows)
        .where(and(eq(follows.followerId, userId), inArray(follows.followeeId, followees)));
      await recountFollowers(db, followees);
    });
  if (followers.length > 0)
    await inTransaction(ctx, async ({ db }) => {
      await db
        .delete(follows)
        .where(and(eq(follows.followeeId, userId), inArray(follows.followerId, followers)));
      await recountFollowings(db, followers);
    });
  return rows.length;
}

async function purgeBlocks({ deps }: SystemCtx, userId: string): Promise<number> {
  const { rowsAffected } = await deps.db
    .delete(blocks)
    .where(or(eq(blocks.blockerId, userId), eq(blocks.blockedId, userId)))
    .limit(DELETE_CHUNK);
  return rowsAffected;
}

export const followPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({ name: 'follows', run: purgeFollows }),
  definePurgeStep({ name: 'blocks', run: purgeBlocks }),
];

async function readFollowings({ deps }: SystemCtx, userId: string, after: string | undefined) {
  const found = await deps.db
    .select({ id: follows.id, userId: follows.followeeId, name: users.name, at: follows.createdAt })
    .from(follows)
    .leftJoin(users, and(eq(users.id, follows.followeeId), isNull(users.leftAt)))
    .where(and(eq(follows.followerId, userId), after ? gt(follows.id, after) : undefined))
    .orderBy(asc(follows.id))
    .limit(EXPORT_CHUNK);
  return toChunk(found.map(({ at, ...row }) => ({ ...row, followedAt: at })));
}

async function readBlocks({ deps }: SystemCtx, userId: string, after: string | undefined) {
  const found = await deps.db
    .select({ id: blocks.id, userId: blocks.blockedId, name: users.name, at: blocks.createdAt })
    .from(blocks)
    .leftJoin(users, and(eq(users.id, blocks.blockedId), isNull(users.leftAt)))
    .where(and(eq(blocks.blockerId, userId), after ? gt(blocks.id, after) : undefined))
    .orderBy(asc(blocks.id))
    .limit(EXPORT_CHUNK);
  return toChunk(found.map(({ at, ...row }) => ({ ...row, blockedAt: at })));
}

function toChunk(found: { id: string }[]): { rows: object[]; next: string | undefined } {
  const rows = found.map(({ id: _id, ...row }) => row);
  return { rows, next: found.length === EXPORT_CHUNK ? found.at(-1)?.id : undefined };
}

/** Who follows a person is the followers' own; whom they follow and block is theirs. */
export const followExportSteps: readonly ExportStep[] = [
  defineExportStep({ name: 'following', read: readFollowings }),
  defineExportStep({ name: 'blocks', read: readBlocks }),
];
