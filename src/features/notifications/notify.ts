import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { sendHints } from '../../platform/realtime.ts';
import { users } from '../../schema/accounts.ts';
import {
  notificationPreferences,
  notifications,
  type NotificationKind,
  type RankDetail,
} from '../../schema/notifications.ts';
import { blocks } from '../../schema/reactions.ts';
import { requestPushes } from '../push/index.ts';
import type { PreferenceKind } from './schemas.ts';

/** Something that somebody may be told of. */
export type Cause = {
  userId: string;
  kind: NotificationKind;
  /** What it is about: all causes with the same one share a notification. */
  subjectId: string;
  /** Null: nobody did it, it came about. */
  actorId: string | null;
  postId?: string;
  commentId?: string;
  careerId?: string;
  detail?: RankDetail;
  /** Id of the cause, which grows with time. */
  orderId: string;
  at: Date;
};

/** Rows one statement writes. */
const ROWS = 500;
const HOUR_MS = 3600_000;
/** Reads as 0 in the database. */
const NOBODY = '0';

/**
 * Tells people of what others did: a row each, which a newer cause brings up again, then a push and a hint. Not of one's
 * own acts, not between people with a block, not to those who left or have switched the kind off. The same causes once
 * more change nothing.
 */
export async function notify(ctx: SystemCtx, causes: readonly Cause[]): Promise<void> {
  const wanted = newestOfEach(await keepWanted(ctx, causes));
  if (wanted.length === 0) return;
  for (let start = 0; start < wanted.length; start += ROWS) {
    const rows = wanted.slice(start, start + ROWS).map((cause) => toRow(ctx, cause));
    await tryAgainWhenLost(ctx, () => writeRows(ctx, rows));
  }
  await sendHints(
    ctx.deps,
    wanted.map(({ userId, kind }) => ({ userId, frame: { v: 1, type: 'notification', kind } })),
  );
  await requestPushes(
    ctx,
    wanted.map((cause) => ({
      userId: cause.userId,
      kind: cause.kind,
      key: pushKeyOf(cause),
      ids: idsOf(cause),
    })),
  );
}

function keyOf({ kind, subjectId }: Cause): string {
  return `${kind}:${subjectId}`;
}

/** What others can do again and again is pushed once an hour at most, whoever of them does it. */
function pushKeyOf(cause: Cause): string {
  const { kind, orderId, at } = cause;
  const isRepeatable = kind === 'follow' || kind === 'post_like' || kind === 'comment_like';
  const occasion = isRepeatable ? `h${Math.floor(at.getTime() / HOUR_MS)}` : orderId;
  return `${keyOf(cause)}:${occasion}`;
}

function idsOf({ kind, actorId, postId, commentId, careerId }: Cause): Record<string, string> {
  return {
    ...(kind === 'follow' && actorId !== null && { personId: actorId }),
    ...(postId !== undefined && { postId }),
    ...(commentId !== undefined && { commentId }),
    ...(careerId !== undefined && { careerId }),
  };
}

function newestOfEach(causes: readonly Cause[]): Cause[] {
  const newest = new Map<string, Cause>();
  for (const cause of causes) {
    const place = `${cause.userId} ${keyOf(cause)}`;
    const known = newest.get(place);
    if (!known || BigInt(cause.orderId) > BigInt(known.orderId)) newest.set(place, cause);
  }
  // In one order, so that two at once do not lock each other out.
  return [...newest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, cause]) => cause);
}

async function keepWanted(ctx: SystemCtx, causes: readonly Cause[]): Promise<Cause[]> {
  const others = causes.filter(({ userId, actorId }) => userId !== actorId);
  if (others.length === 0) return [];
  const { db } = ctx.deps;
  const told = [...new Set(others.map(({ userId }) => userId))];
  const everybody = [...new Set(others.flatMap(({ userId, actorId }) => [userId, actorId ?? userId]))];
  const [present, blocking, off] = await Promise.all([
    db
      .select({ id: users.id })
      .from(users)
      .where(and(inArray(users.id, everybody), isNull(users.leftAt), isNull(users.suspendedAt))),
    db
      .select({ blockerId: blocks.blockerId, blockedId: blocks.blockedId })
      .from(blocks)
      .where(and(inArray(blocks.blockerId, everybody), inArray(blocks.blockedId, everybody))),
    findSwitchedOff(ctx, told),
  ]);
  const here = new Set(present.map(({ id }) => id));
  const blocked = new Set(blocking.map(({ blockerId, blockedId }) => `${blockerId} ${blockedId}`));
  return others.filter(
    ({ userId, actorId, kind }) =>
      here.has(userId) &&
      (actorId === null || here.has(actorId)) &&
      !blocked.has(`${userId} ${actorId}`) &&
      !blocked.has(`${actorId} ${userId}`) &&
      !off.has(`${userId} ${kind}`),
  );
}

/** `<user id> <kind>` of what these people have switched off. */
async function findSwitchedOff({ deps }: SystemCtx, userIds: readonly string[]): Promise<Set<string>> {
  const rows = await deps.db
    .select({ userId: notificationPreferences.userId, kind: notificationPreferences.kind })
    .from(notificationPreferences)
    .where(
      and(inArray(notificationPreferences.userId, [...userIds]), eq(notificationPreferences.isOn, false)),
    );
  return new Set(rows.map(({ userId, kind }) => `${userId} ${kind}`));
}

/** Those of `userIds` who want to be told of this kind. */
export async function filterWanting(
  ctx: SystemCtx,
  userIds: readonly string[],
  kind: PreferenceKind,
): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const off = await findSwitchedOff(ctx, userIds);
  return new Set(userIds.filter((userId) => !off.has(`${userId} ${kind}`)));
}

function toRow({ deps }: SystemCtx, cause: Cause): typeof notifications.$inferInsert {
  const { subjectId: _subject, at, ...row } = cause;
  return {
    ...row,
    actorId: cause.actorId ?? NOBODY,
    key: keyOf(cause),
    id: deps.ids.next(),
    isUnread: true,
    isDeleted: false,
    createdAt: at,
  };
}

/** A row that is there is unread again, and back when it was deleted, only by a cause newer than it knows. */
async function writeRows({ deps }: SystemCtx, rows: (typeof notifications.$inferInsert)[]): Promise<void> {
  const ifNewer = (name: string, otherwise: string) =>
    sql.raw(`if(values(order_id) > order_id, values(${name}), ${otherwise})`);
  await deps.db
    .insert(notifications)
    .values(rows)
    .onDuplicateKeyUpdate({
      // MySQL assigns from left to right, and drizzle in the order of the table's columns: order_id comes last.
      set: {
        actorId: ifNewer('actor_id', 'actor_id'),
        detail: ifNewer('detail', 'detail'),
        isUnread: ifNewer('is_unread', 'is_unread'),
        isDeleted: ifNewer('is_deleted', 'is_deleted'),
        createdAt: ifNewer('created_at', 'created_at'),
        orderId: sql.raw('greatest(order_id, values(order_id))'),
      },
    });
}
