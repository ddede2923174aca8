import { and, asc, desc, eq, gt, lt, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
import { prepareQuery } from '../../platform/db/prepare-query.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { users } from '../../schema/accounts.ts';
import { messages, roomMembers } from '../../schema/messages.ts';
import { createPersonView, isVisibleTo, personColumns } from '../people/index.ts';
import { toMessage, toRoom } from './view.ts';

const LIST = 'rooms';

const theirs = alias(roomMembers, 'theirs');

export const messageColumns = {
  id: messages.id,
  roomId: messages.roomId,
  sequence: messages.sequence,
  senderId: messages.senderId,
  text: messages.text,
  clientKey: messages.clientKey,
  createdAt: messages.createdAt,
};

/** My rooms with everything the list shows, in one statement. */
function selectRooms({ deps, actor }: UserCtx, where: SQL | undefined, limit: number) {
  const viewerId = actor.userId;
  return deps.db
    .select({
      roomId: roomMembers.roomId,
      lastSequence: roomMembers.lastSequence,
      lastMessageId: roomMembers.lastMessageId,
      readSequence: roomMembers.readSequence,
      isMuted: roomMembers.isMuted,
      theirReadSequence: theirs.readSequence,
      isShown: sql`ifnull(${isVisibleTo(viewerId, users.id)}, 0)`
        .mapWith((value) => Number(value) === 1)
        .as('is_shown'),
      person: personColumns(viewerId),
      lastMessage: messageColumns,
    })
    .from(roomMembers)
    .leftJoin(theirs, and(eq(theirs.roomId, roomMembers.roomId), eq(theirs.userId, roomMembers.otherId)))
    .leftJoin(
      messages,
      and(eq(messages.roomId, roomMembers.roomId), eq(messages.sequence, roomMembers.lastSequence)),
    )
    .leftJoin(users, eq(users.id, roomMembers.otherId))
    .where(and(eq(roomMembers.userId, viewerId), where))
    .orderBy(desc(roomMembers.lastMessageId))
    .limit(limit);
}

/** My rooms, the one with the newest message first; those I left wait for a new message. */
export async function listRooms(ctx: UserCtx, page: { cursor?: string | undefined; limit: number }) {
  const [before] = decodeCursor(LIST, page.cursor, ['id']) ?? [];
  const isShown = and(
    gt(roomMembers.lastSequence, roomMembers.leftSequence),
    before === undefined ? undefined : lt(roomMembers.lastMessageId, before),
  );
  const [rows, toPerson] = await Promise.all([
    selectRooms(ctx, isShown, page.limit + 1),
    createPersonView(ctx),
  ]);
  const { items, nextCursor } = toPage(rows, page.limit, LIST, ({ lastMessageId }) => [lastMessageId]);
  return { items: items.map((row) => toRoom(row, ctx.actor.userId, toPerson)), nextCursor };
}

/** A room of mine. Throws `room_not_found`. */
export async function readRoom(ctx: UserCtx, roomId: string) {
  const [[row], toPerson] = await Promise.all([
    selectRooms(ctx, eq(roomMembers.roomId, roomId), 1),
    createPersonView(ctx),
  ]);
  if (!row) throw new AppError('room_not_found');
  return toRoom(row, ctx.actor.userId, toPerson);
}

/**
 * The log of a room of mine: after a sequence oldest first, or before one (the end, when none is given) newest first.
 * Throws `room_not_found`.
 */
export async function listMessages(
  ctx: UserCtx,
  roomId: string,
  { after, before, limit }: { after?: number | undefined; before?: number | undefined; limit: number },
) {
  const viewerId = ctx.actor.userId;
  const [isMine, rows] = await Promise.all([
    isMember(ctx, roomId),
    ctx.deps.db
      .select(messageColumns)
      .from(messages)
      .where(
        and(
          eq(messages.roomId, roomId),
          after === undefined ? undefined : gt(messages.sequence, after),
          before === undefined ? undefined : lt(messages.sequence, before),
          sql`exists (select 1 from ${roomMembers} as mine where mine.room_id = ${roomId} and mine.user_id = ${viewerId})`,
        ),
      )
      .orderBy(after === undefined ? desc(messages.sequence) : asc(messages.sequence))
      .limit(limit + 1),
  ]);
  if (!isMine) throw new AppError('room_not_found');
  return {
    items: rows.slice(0, limit).map((row) => toMessage(row, viewerId)),
    hasMore: rows.length > limit,
  };
}

export async function isMember({ deps, actor }: UserCtx, roomId: string): Promise<boolean> {
  const rows = await deps.db
    .select({ roomId: roomMembers.roomId })
    .from(roomMembers)
    .where(and(eq(roomMembers.roomId, roomId), eq(roomMembers.userId, actor.userId)));
  return rows.length > 0;
}

/** Messages I have not read, in rooms that are neither muted nor left; one statement. */
export async function countUnreadMessages({ deps, actor }: UserCtx): Promise<number> {
  const [row] = await countUnread(deps.db, { userId: actor.userId });
  return row?.count ?? 0;
}

const countUnread = prepareQuery((db) =>
  db
    .select({
      count: sql`coalesce(sum(${roomMembers.lastSequence} - ${roomMembers.readSequence}), 0)`.mapWith(Number),
    })
    .from(roomMembers)
    .where(
      and(
        eq(roomMembers.userId, sql.placeholder('userId')),
        eq(roomMembers.isMuted, false),
        gt(roomMembers.lastSequence, roomMembers.readSequence),
      ),
    ),
);
