import { and, eq, lt, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { roomMembers } from '../../schema/messages.ts';
import { isVisibleTo } from '../people/index.ts';
import { messagesRead } from './events.ts';
import { isMember } from './queries.ts';

function isMyRow({ actor }: UserCtx, roomId: string) {
  return and(eq(roomMembers.roomId, roomId), eq(roomMembers.userId, actor.userId));
}

/**
 * I have read a room up to a sequence, at most to its end; going back changes nothing. Throws `room_not_found`.
 */
export async function markRoomRead(ctx: UserCtx, roomId: string, sequence: number): Promise<void> {
  const { userId } = ctx.actor;
  const reached = sql`least(${sequence}, ${roomMembers.lastSequence})`;
  const isFurther = await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db
      .update(roomMembers)
      .set({ readSequence: reached })
      .where(and(isMyRow(ctx, roomId), lt(roomMembers.readSequence, reached)));
    if (rowsAffected > 0) tx.emit(messagesRead, { roomId, userId });
    return rowsAffected > 0;
  });
  if (!isFurther && !(await isMember(ctx, roomId))) throw new AppError('room_not_found');
}

/** No pushes and no unread badge from this room, or again. Throws `room_not_found`. */
export async function setMuted(ctx: UserCtx, roomId: string, isMuted: boolean): Promise<void> {
  await changeMine(ctx, roomId, { isMuted });
}

/** The room hides from my list until a new message; the other person is not told. Throws `room_not_found`. */
export async function leaveRoom(ctx: UserCtx, roomId: string): Promise<void> {
  await changeMine(ctx, roomId, {
    leftSequence: sql`${roomMembers.lastSequence}`,
    readSequence: sql`${roomMembers.lastSequence}`,
  });
}

async function changeMine(
  ctx: UserCtx,
  roomId: string,
  set: Parameters<ReturnType<UserCtx['deps']['db']['update']>['set']>[0],
): Promise<void> {
  const { rowsAffected } = await ctx.deps.db.update(roomMembers).set(set).where(isMyRow(ctx, roomId));
  if (rowsAffected === 0 && !(await isMember(ctx, roomId))) throw new AppError('room_not_found');
}

/** Whom my typing in a room may be shown to; undefined when it is none of my rooms or we may not meet. */
export async function findTypingPartner(ctx: UserCtx, roomId: string): Promise<string | undefined> {
  const [row] = await ctx.deps.db
    .select({ otherId: roomMembers.otherId })
    .from(roomMembers)
    .where(and(isMyRow(ctx, roomId), isVisibleTo(ctx.actor.userId, roomMembers.otherId)));
  return row?.otherId ?? undefined;
}
