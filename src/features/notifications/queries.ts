import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { prepareQuery } from '../../platform/db/prepare-query.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { careers } from '../../schema/careers.ts';
import { notificationPreferences, notifications } from '../../schema/notifications.ts';
import { comments, posts } from '../../schema/posts.ts';
import { loadPeople } from '../people/index.ts';
import { PREFERENCE_KINDS } from './schemas.ts';
import { toNotification } from './view.ts';
import { isShown, newestLiker, otherLikers } from './visibility.ts';

const LIST = 'notifications';
/** More unread ones than this are not counted. */
const MAX_COUNTED = 100;

type Page = { cursor?: string | undefined; limit: number };

/** What I am told, newest first; what is gone or hidden since is left out. */
export async function listNotifications(ctx: UserCtx, { cursor, limit }: Page) {
  const viewerId = ctx.actor.userId;
  const before = decodeCursor(LIST, cursor, ['id', 'id']);
  const isBefore: SQL | undefined =
    before &&
    sql`(${notifications.orderId} < ${before[0]} or (${notifications.orderId} = ${before[0]} and ${notifications.id} < ${before[1]}))`;
  const rows = await ctx.deps.db
    .select({
      id: notifications.id,
      kind: notifications.kind,
      orderId: notifications.orderId,
      isUnread: notifications.isUnread,
      createdAt: notifications.createdAt,
      detail: notifications.detail,
      actorId:
        sql`if(${notifications.kind} in ('post_like', 'comment_like'), ${newestLiker(viewerId)}, ${notifications.actorId})`
          .mapWith(String)
          .as('shown_actor_id'),
      othersCount: otherLikers(viewerId).mapWith(Number).as('others_count'),
      postId: posts.id,
      postText: sql<string | null>`left(${posts.text}, 200)`.as('post_text'),
      commentId: comments.id,
      commentText: sql<string | null>`left(${comments.text}, 200)`.as('comment_text'),
      careerId: careers.id,
      careerName: careers.name,
    })
    .from(notifications)
    .leftJoin(posts, eq(posts.id, notifications.postId))
    .leftJoin(comments, eq(comments.id, notifications.commentId))
    .leftJoin(careers, eq(careers.id, notifications.careerId))
    .where(
      and(
        eq(notifications.userId, viewerId),
        eq(notifications.isDeleted, false),
        isBefore,
        isShown(viewerId),
      ),
    )
    .orderBy(desc(notifications.orderId), desc(notifications.id))
    .limit(limit + 1);
  const { items, nextCursor } = toPage(rows, limit, LIST, ({ orderId, id }) => [orderId, id]);
  const people = await loadPeople(
    ctx,
    items.map(({ actorId }) => actorId),
  );
  const now = ctx.deps.clock.now();
  return {
    items: items.flatMap((row) => {
      const person = people.get(row.actorId) ?? null;
      // Somebody who went between the two reads.
      const isGone = person === null && row.kind !== 'rank_change';
      return isGone ? [] : toNotification(row, person, now);
    }),
    nextCursor,
  };
}

/** How many unread ones show, {@link MAX_COUNTED} at most: the index gives the unread rows alone. */
export async function countUnreadNotifications({ deps, actor }: UserCtx): Promise<number> {
  const [row] = await countUnread(deps.db, { userId: actor.userId });
  return row?.count ?? 0;
}

const countUnread = prepareQuery((db) => {
  const me = sql.placeholder('userId');
  const unread = db
    .select({ one: sql`1`.as('one') })
    .from(notifications)
    .leftJoin(posts, eq(posts.id, notifications.postId))
    .leftJoin(comments, eq(comments.id, notifications.commentId))
    .leftJoin(careers, eq(careers.id, notifications.careerId))
    .where(
      and(
        eq(notifications.userId, me),
        eq(notifications.isUnread, true),
        eq(notifications.isDeleted, false),
        isShown(me),
      ),
    )
    .limit(MAX_COUNTED)
    .as('unread');
  return db.select({ count: sql`count(*)`.mapWith(Number) }).from(unread);
});

/** Every kind, and whether I want to be told of it. */
export async function listPreferences({ deps, actor }: UserCtx) {
  const rows = await deps.db
    .select({ kind: notificationPreferences.kind, isOn: notificationPreferences.isOn })
    .from(notificationPreferences)
    .where(eq(notificationPreferences.userId, actor.userId));
  const chosen = new Map(rows.map(({ kind, isOn }) => [kind as string, isOn]));
  return { items: PREFERENCE_KINDS.map((kind) => ({ kind, isOn: chosen.get(kind) ?? true })) };
}
