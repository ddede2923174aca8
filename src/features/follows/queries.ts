import { and, desc, eq, lt } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { users } from '../../schema/accounts.ts';
import { blocks, follows } from '../../schema/reactions.ts';
import { isVisibleTo, loadPeople } from '../people/index.ts';

type PageInput = { cursor?: string | undefined; limit: number };

/** Who follows a person, newest first, as far as the viewer may see them. Throws `not_found`. */
export function listFollowers(ctx: UserCtx, userId: string, page: PageInput) {
  return listPeople(ctx, userId, page, {
    list: `followers ${userId}`,
    side: follows.followeeId,
    other: follows.followerId,
  });
}

/** Whom a person follows, newest first, as far as the viewer may see them. Throws `not_found`. */
export function listFollowings(ctx: UserCtx, userId: string, page: PageInput) {
  return listPeople(ctx, userId, page, {
    list: `followings ${userId}`,
    side: follows.followerId,
    other: follows.followeeId,
  });
}

async function listPeople(
  ctx: UserCtx,
  userId: string,
  { cursor, limit }: PageInput,
  { list, side, other }: { list: string; side: MySqlColumn; other: MySqlColumn },
) {
  const viewerId = ctx.actor.userId;
  const [before] = decodeCursor(list, cursor, ['id']) ?? [];
  const [isThere, rows] = await Promise.all([
    isVisible(ctx, userId),
    ctx.deps.db
      .select({ id: follows.id, personId: other })
      .from(follows)
      .where(and(eq(side, userId), before ? lt(follows.id, before) : undefined, isVisibleTo(viewerId, other)))
      .orderBy(desc(follows.id))
      .limit(limit + 1),
  ]);
  if (!isThere) throw new AppError('not_found');
  const { items, nextCursor } = toPage(rows, limit, list, ({ id }) => [id]);
  const ids = items.map(({ personId }) => String(personId));
  const people = await loadPeople(ctx, ids);
  return { items: ids.map((id) => people.get(id)).filter((person) => person !== undefined), nextCursor };
}

async function isVisible(ctx: UserCtx, userId: string): Promise<boolean> {
  const rows = await ctx.deps.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), isVisibleTo(ctx.actor.userId, users.id)));
  return rows.length > 0;
}

/** Whom I have blocked, newest first, those who have left included. */
export async function listBlocks(ctx: UserCtx, { cursor, limit }: PageInput) {
  const [before] = decodeCursor('blocks', cursor, ['id']) ?? [];
  const rows = await ctx.deps.db
    .select({
      id: blocks.id,
      userId: blocks.blockedId,
      blockedAt: blocks.createdAt,
      name: users.name,
      avatarKey: users.avatarKey,
      leftAt: users.leftAt,
    })
    .from(blocks)
    .leftJoin(users, eq(users.id, blocks.blockedId))
    .where(and(eq(blocks.blockerId, ctx.actor.userId), before ? lt(blocks.id, before) : undefined))
    .orderBy(desc(blocks.id))
    .limit(limit + 1);
  return toPage(rows, limit, 'blocks', ({ id }) => [id]);
}
