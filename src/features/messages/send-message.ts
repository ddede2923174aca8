import { and, asc, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { spendExact } from '../../platform/exact-limits.ts';
import { users } from '../../schema/accounts.ts';
import { messages, roomMembers } from '../../schema/messages.ts';
import { isVisibleTo } from '../people/index.ts';
import { messageSent } from './events.ts';
import { messageColumns } from './queries.ts';
import { toMessage, type MessageRow, type MessageView } from './view.ts';

const MINUTE_MS = 60_000;
const MAX_A_MINUTE = 30;
/** Messages to somebody who has never written back. */
const MAX_UNANSWERED = 3;

type NewMessage = { roomId: string; text: string; clientKey: string | undefined };

/**
 * Writes a message into a room of mine; the same client key answers the message it made before. Throws `room_not_found`,
 * `message_refused` for whoever left or has a block with me (which of these is not said), `message_unanswered`,
 * `rate_limited` and `idempotency_key_reused`.
 */
export async function sendMessage(ctx: UserCtx, input: NewMessage): Promise<MessageView> {
  const { userId } = ctx.actor;
  const wait = await spendExact(ctx.deps, [
    { key: `messages ${userId}`, max: MAX_A_MINUTE, windowMs: MINUTE_MS },
  ]);
  if (wait > 0) throw new AppError('rate_limited', { retryAfter: wait });
  try {
    const made = await inTransaction(ctx, (tx) => writeMessage(ctx, tx, input));
    return made ? toMessage(made, userId) : await findRepeated(ctx, input);
  } catch (error) {
    const isRepeated = input.clientKey !== undefined && isDuplicateKey(error, 'messages.messages_client_key');
    if (!isRepeated) throw error;
    return findRepeated(ctx, input);
  }
}

/** Undefined when the client key has been used. */
async function writeMessage(ctx: UserCtx, tx: Tx, input: NewMessage): Promise<MessageRow | undefined> {
  const { deps, actor } = ctx;
  const { mine, theirs, isRepeated } = await lockRoom(ctx, tx, input);
  if (!mine) throw new AppError('room_not_found');
  if (isRepeated) return undefined;
  if (!theirs || mine.otherId === null) throw new AppError('message_refused');
  if (theirs.sentCount === 0 && mine.sentCount >= MAX_UNANSWERED) throw new AppError('message_unanswered');
  const row = {
    roomId: input.roomId,
    sequence: mine.lastSequence + 1,
    id: deps.ids.next(),
    senderId: actor.userId,
    text: input.text,
    clientKey: input.clientKey ?? null,
    createdAt: deps.clock.now(),
  };
  const { rowsAffected } = await tx.db.execute(
    insertSelect(
      messages,
      row,
      sql`from ${users} where ${and(eq(users.id, mine.otherId), isVisibleTo(actor.userId, users.id))}`,
    ),
  );
  if (rowsAffected === 0) throw new AppError('message_refused');
  const ifMine = (value: unknown, otherwise: unknown) =>
    sql`if(${roomMembers.userId} = ${actor.userId}, ${value}, ${otherwise})`;
  await tx.db
    .update(roomMembers)
    .set({
      lastSequence: row.sequence,
      lastMessageId: row.id,
      readSequence: ifMine(row.sequence, roomMembers.readSequence),
      sentCount: sql`${roomMembers.sentCount} + ${ifMine(1, 0)}`,
    })
    .where(eq(roomMembers.roomId, input.roomId));
  tx.emit(messageSent, {
    roomId: input.roomId,
    sequence: row.sequence,
    senderId: actor.userId,
    recipientId: mine.otherId,
  });
  return row;
}

/** Holds both rows of the room until COMMIT: whoever writes next has the next sequence. */
async function lockRoom({ actor }: UserCtx, tx: Tx, { roomId, clientKey }: NewMessage) {
  const repeated =
    clientKey === undefined
      ? sql`0`
      : sql`exists (select 1 from ${messages} as sent where sent.sender_id = ${actor.userId} and sent.client_key = ${clientKey})`;
  const rows = await tx.db
    .select({
      userId: roomMembers.userId,
      otherId: roomMembers.otherId,
      lastSequence: roomMembers.lastSequence,
      sentCount: roomMembers.sentCount,
      isRepeated: repeated.mapWith(Number).as('is_repeated'),
    })
    .from(roomMembers)
    .where(eq(roomMembers.roomId, roomId))
    .orderBy(asc(roomMembers.userId))
    .for('update');
  const mine = rows.find(({ userId }) => userId === actor.userId);
  return {
    mine,
    theirs: rows.find(({ userId }) => userId === mine?.otherId),
    isRepeated: mine?.isRepeated === 1,
  };
}

async function findRepeated({ deps, actor }: UserCtx, input: NewMessage): Promise<MessageView> {
  const [made] = await deps.db
    .select(messageColumns)
    .from(messages)
    .where(and(eq(messages.senderId, actor.userId), eq(messages.clientKey, input.clientKey ?? '')));
  if (!made || made.roomId !== input.roomId || made.text !== input.text) {
    throw new AppError('idempotency_key_reused');
  }
  return toMessage(made, actor.userId);
}
