import { and, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { spendExact } from '../../platform/exact-limits.ts';
import { users } from '../../schema/accounts.ts';
import { roomMembers } from '../../schema/messages.ts';
import { isVisibleTo } from '../people/index.ts';

const DAY_MS = 86_400_000;
/** New conversations one person may begin in a day. */
const MAX_NEW_ROOMS = 20;

/**
 * The room of me and somebody else; made when there is none, and then seen by nobody before its first message. Answers
 * its id. Throws `target_is_own`, `not_found` for whoever I cannot see, and `rate_limited` for more new ones than a day
 * allows.
 */
export async function openRoom(ctx: UserCtx, otherId: string): Promise<string> {
  const { userId } = ctx.actor;
  if (userId === otherId) throw new AppError('target_is_own');
  const [known, isThere] = await Promise.all([findRoom(ctx, otherId), isVisible(ctx, otherId)]);
  if (known) return known;
  if (!isThere) throw new AppError('not_found');
  const wait = await spendExact(ctx.deps, [
    { key: `new rooms ${userId}`, max: MAX_NEW_ROOMS, windowMs: DAY_MS },
  ]);
  if (wait > 0) throw new AppError('rate_limited', { retryAfter: wait });
  await makeRoom(ctx, otherId);
  const made = await findRoom(ctx, otherId);
  if (!made) throw new Error('a room that was just made is not there');
  return made;
}

async function findRoom({ deps, actor }: UserCtx, otherId: string): Promise<string | undefined> {
  const [row] = await deps.db
    .select({ roomId: roomMembers.roomId })
    .from(roomMembers)
    .where(and(eq(roomMembers.userId, actor.userId), eq(roomMembers.otherId, otherId)));
  return row?.roomId;
}

async function isVisible({ deps, actor }: UserCtx, otherId: string): Promise<boolean> {
  const rows = await deps.db
    .select({ one: sql`1`.as('one') })
    .from(users)
    .where(and(eq(users.id, otherId), isVisibleTo(actor.userId, users.id)));
  return rows.length > 0;
}

/** Both rows or, when the other person has just done the same, none: they stand in the same order for both. */
async function makeRoom(ctx: UserCtx, otherId: string): Promise<void> {
  const { db, ids, clock } = ctx.deps;
  const [low, high] = [ctx.actor.userId, otherId].toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)) as [
    string,
    string,
  ];
  const room = { roomId: ids.next(), createdAt: clock.now() };
  await tryAgainWhenLost(ctx, () =>
    db
      .insert(roomMembers)
      .ignore()
      .values([
        { ...room, userId: low, otherId: high },
        { ...room, userId: high, otherId: low },
      ]),
  );
}
