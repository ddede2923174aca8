import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { users } from '../../schema/accounts.ts';
import { messages, roomMembers } from '../../schema/messages.ts';
import { blocks } from '../../schema/reactions.ts';
import { filterWanting } from '../notifications/index.ts';
import { requestPushes } from '../push/index.ts';
import { messageSent, messagesRead } from './events.ts';
import { messageColumns } from './queries.ts';
import { toMessage } from './view.ts';

type Place = { roomId: string; sequence: number };
type Sent = Place & { senderId: string; recipientId: string };

/**
 * New messages go to all devices of both people; whoever has none connected gets a push unless the room is muted. Frames
 * may come twice: clients know messages by room and sequence.
 */
const deliver = defineReaction({
  name: 'messages.deliver',
  on: [messageSent],
  async run(ctx, events) {
    const sent = events.map(({ payload }) => payload).toSorted((a, b) => a.sequence - b.sequence);
    const { connected, failure } = await deliverFrames(ctx, await toFrames(ctx, sent));
    await pushToAbsent(
      ctx,
      sent.filter(({ recipientId }) => (connected.get(recipientId) ?? 0) === 0),
    );
    if (failure !== undefined) throw failure;
  },
});

async function toFrames({ deps }: SystemCtx, sent: readonly Sent[]): Promise<Map<string, object[]>> {
  const rows = await deps.db.select(messageColumns).from(messages).where(isAtOneOf(sent));
  const byPlace = new Map(rows.map((row) => [`${row.roomId} ${row.sequence}`, row]));
  const frames = new Map<string, object[]>();
  for (const { roomId, sequence, senderId, recipientId } of sent) {
    const row = byPlace.get(`${roomId} ${sequence}`);
    if (!row) continue;
    for (const userId of [recipientId, senderId]) {
      const frame = { v: 1, type: 'message', message: toMessage(row, userId) };
      frames.set(userId, [...(frames.get(userId) ?? []), frame]);
    }
  }
  return frames;
}

function isAtOneOf(places: readonly Place[]) {
  return or(
    ...places.map(({ roomId, sequence }) =>
      and(eq(messages.roomId, roomId), eq(messages.sequence, sequence)),
    ),
  );
}

/** How many sockets each person has; a channel that did not answer counts as none, and its error is given. */
async function deliverFrames(
  { deps }: SystemCtx,
  frames: ReadonlyMap<string, object[]>,
): Promise<{ connected: Map<string, number>; failure: unknown }> {
  const connected = new Map<string, number>();
  let failure: unknown;
  await Promise.all(
    [...frames].map(async ([userId, mine]) => {
      try {
        connected.set(userId, await deps.realtime.deliver(userId, mine));
      } catch (error) {
        failure = error;
      }
    }),
  );
  return { connected, failure };
}

async function pushToAbsent(ctx: SystemCtx, sent: readonly Sent[]): Promise<void> {
  if (sent.length === 0) return;
  const waiting = await ctx.deps.db
    .select({
      roomId: roomMembers.roomId,
      userId: roomMembers.userId,
      readSequence: roomMembers.readSequence,
    })
    .from(roomMembers)
    .innerJoin(users, eq(users.id, roomMembers.userId))
    .where(
      and(
        inArray(roomMembers.roomId, [...new Set(sent.map(({ roomId }) => roomId))]),
        eq(roomMembers.isMuted, false),
        isNull(users.leftAt),
      ),
    );
  const readBy = new Map(
    waiting.map(({ roomId, userId, readSequence }) => [`${roomId} ${userId}`, readSequence]),
  );
  const unread = sent.filter(({ roomId, recipientId, sequence }) => {
    const read = readBy.get(`${roomId} ${recipientId}`);
    return read !== undefined && read < sequence;
  });
  const wanting = await filterWanting(
    ctx,
    [...new Set(unread.map(({ recipientId }) => recipientId))],
    'message',
  );
  await requestPushes(
    ctx,
    unread
      .filter(({ recipientId }) => wanting.has(recipientId))
      .map(({ roomId, sequence, recipientId }) => ({
        userId: recipientId,
        kind: 'message',
        key: `message:${roomId}:${sequence}`,
        ids: { roomId },
      })),
  );
}

/** How far somebody has read goes to their own devices and, unless there is a block, to the other person's. */
const showRead = defineReaction({
  name: 'messages.show_read',
  on: [messagesRead],
  async run(ctx, events) {
    const readers = new Set(events.map(({ payload }) => `${payload.roomId} ${payload.userId}`));
    const rows = await ctx.deps.db
      .select({
        roomId: roomMembers.roomId,
        userId: roomMembers.userId,
        otherId: roomMembers.otherId,
        sequence: roomMembers.readSequence,
        isBlocked:
          sql`exists (select 1 from ${blocks} as ban where (ban.blocker_id = ${roomMembers.userId} and ban.blocked_id = ${roomMembers.otherId}) or (ban.blocker_id = ${roomMembers.otherId} and ban.blocked_id = ${roomMembers.userId}))`
            .mapWith(Number)
            .as('is_blocked'),
      })
      .from(roomMembers)
      .where(inArray(roomMembers.roomId, [...new Set(events.map(({ payload }) => payload.roomId))]));
    const frames = new Map<string, object[]>();
    for (const { roomId, userId, otherId, sequence, isBlocked } of rows) {
      if (!readers.has(`${roomId} ${userId}`)) continue;
      const frame = { v: 1, type: 'read', roomId, sequence };
      frames.set(userId, [...(frames.get(userId) ?? []), { ...frame, by: 'me' }]);
      if (otherId !== null && !isBlocked) {
        frames.set(otherId, [...(frames.get(otherId) ?? []), { ...frame, by: 'them' }]);
      }
    }
    const { failure } = await deliverFrames(ctx, frames);
    if (failure !== undefined) throw failure;
  },
});

export const messageReactions: readonly Reaction[] = [deliver, showRead];
