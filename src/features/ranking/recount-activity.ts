import { and, asc, eq, gt, inArray, or, sql, type SQL } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { users } from '../../schema/accounts.ts';
import { comments, posts, postViews } from '../../schema/posts.ts';
import { activityDays, activityMarks, type RankingWeights } from '../../schema/ranking.ts';
import { blocks, bookmarks, LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import type { ActivityDay } from './mark-activity.ts';

/** Small, because a day of somebody famous takes long to count. */
const DAYS_AT_ONCE = 100;

/**
 * Counts the next marked days behind `after` anew, from the source rows. Answers what it wrote, and where to go on.
 *
 * The marks are locked first and go in the same transaction. The source rows are read after that and without locks, so
 * nobody who likes or writes waits: what they commit later brings a mark of its own, which waits for this transaction.
 */
export function recountMarked(
  ctx: SystemCtx,
  weights: RankingWeights,
  after: ActivityDay | undefined,
): Promise<{ rows: number; next: ActivityDay | undefined }> {
  return inTransaction(ctx, async (tx) => {
    const marked = await tx.db
      .select()
      .from(activityMarks)
      .where(after && isBehind(after))
      .orderBy(asc(activityMarks.userId), asc(activityMarks.day))
      .limit(DAYS_AT_ONCE)
      .for('update');
    if (marked.length === 0) return { rows: 0, next: undefined };
    const rows = await recountDays(tx, weights, marked);
    await tx.db.delete(activityMarks).where(isOneOf(activityMarks, marked));
    return { rows: rows + marked.length, next: marked.at(-1) };
  });
}

function isBehind({ userId, day }: ActivityDay): SQL | undefined {
  return or(
    gt(activityMarks.userId, userId),
    and(eq(activityMarks.userId, userId), gt(activityMarks.day, day)),
  );
}

function isOneOf(
  { userId, day }: typeof activityMarks | typeof activityDays,
  wanted: readonly ActivityDay[],
): SQL | undefined {
  const byDay = Map.groupBy(wanted, (one) => one.day);
  return or(
    ...[...byDay].map(([oneDay, ones]) =>
      and(
        eq(day, oneDay),
        inArray(
          userId,
          ones.map((one) => one.userId),
        ),
      ),
    ),
  );
}

/** Writes the days that have something, removes those that have nothing; answers how many. */
async function recountDays(tx: Tx, weights: RankingWeights, days: readonly ActivityDay[]): Promise<number> {
  const counted = (await tx.db.execute(countDays(weights, days))).rows as Record<string, string>[];
  const rows = counted.map((row) => ({
    userId: String(row['user_id']),
    day: String(row['day']).slice(0, 10),
    posts: Number(row['posts']),
    likes: Number(row['likes']),
    comments: Number(row['comments']),
    bookmarks: Number(row['bookmarks']),
    views: Number(row['views']),
  }));
  const found = new Set(rows.map(({ userId, day }) => `${userId} ${day}`));
  const empty = days.filter(({ userId, day }) => !found.has(`${userId} ${day}`));
  if (rows.length > 0) {
    await tx.db
      .insert(activityDays)
      .values(rows)
      .onDuplicateKeyUpdate({
        set: {
          posts: sql`values(posts)`,
          likes: sql`values(likes)`,
          comments: sql`values(comments)`,
          bookmarks: sql`values(bookmarks)`,
          views: sql`values(views)`,
        },
      });
  }
  if (empty.length > 0) await tx.db.delete(activityDays).where(isOneOf(activityDays, empty));
  return days.length;
}

/**
 * What counts: things that are still there, of others than oneself, who are still here and have no block with the
 * author; of one giver a day no more than the cap of the kind; of posts a day no more than theirs. Marked days drive
 * every part along the index (author, day).
 */
function countDays(weights: RankingWeights, days: readonly ActivityDay[]): SQL {
  const wanted = isOneOf(activityMarks, days);
  const written = sql`select ${activityMarks.userId} as user_id, ${activityMarks.day} as day, 'post' as kind, least(${weights.post.dailyCap}, count(*)) as counted
    from ${activityMarks} straight_join ${posts} on ${posts.authorId} = ${activityMarks.userId} and ${posts.day} = ${activityMarks.day}
    where ${wanted} and ${posts.deletedAt} is null group by ${activityMarks.userId}, ${activityMarks.day}`;
  const received = (kind: 'like' | 'comment' | 'bookmark' | 'view', giver: SQL, from: SQL, isThere: SQL) =>
    sql`select ${activityMarks.userId}, ${activityMarks.day}, ${kind}, least(${weights[kind].dailyCap}, count(*))
      from ${activityMarks} straight_join ${from} straight_join ${users} on ${users.id} = ${giver}
      where ${wanted} and ${isThere} and ${isGiving(giver)} group by ${activityMarks.userId}, ${activityMarks.day}, ${giver}`;
  const parts = [
    written,
    received(
      'like',
      sql`${likes.userId}`,
      sql`${likes} on ${likes.authorId} = ${activityMarks.userId} and ${likes.day} = ${activityMarks.day}`,
      isLikedThingThere(),
    ),
    received(
      'comment',
      sql`${comments.authorId}`,
      sql`${comments} on ${comments.postAuthorId} = ${activityMarks.userId} and ${comments.day} = ${activityMarks.day}`,
      sql`${comments.deletedAt} is null and ${isPostThere(sql`${comments.postId}`)}`,
    ),
    received(
      'bookmark',
      sql`${bookmarks.userId}`,
      sql`${bookmarks} on ${bookmarks.authorId} = ${activityMarks.userId} and ${bookmarks.day} = ${activityMarks.day}`,
      isPostThere(sql`${bookmarks.postId}`),
    ),
    received(
      'view',
      sql`${postViews.viewerId}`,
      sql`${postViews} on ${postViews.authorId} = ${activityMarks.userId} and ${postViews.day} = ${activityMarks.day}`,
      isPostThere(sql`${postViews.postId}`),
    ),
  ];
  const sumOf = (kind: string) => sql`sum(if(kind = ${kind}, counted, 0))`;
  return sql`select user_id, day, ${sumOf('post')} as posts, ${sumOf('like')} as likes, ${sumOf('comment')} as comments, ${sumOf('bookmark')} as bookmarks, ${sumOf('view')} as views
    from (${sql.join(parts, sql` union all `)}) as counts group by user_id, day`;
}

function isGiving(giver: SQL): SQL {
  const author = sql`${activityMarks.userId}`;
  return sql`${giver} <> ${author} and ${users.leftAt} is null and ${users.suspendedAt} is null
    and not exists (select 1 from ${blocks} as given where given.blocker_id = ${giver} and given.blocked_id = ${author})
    and not exists (select 1 from ${blocks} as received where received.blocker_id = ${author} and received.blocked_id = ${giver})`;
}

function isPostThere(postId: SQL): SQL {
  return sql`(select there.id from ${posts} as there where there.id = ${postId} and there.deleted_at is null) is not null`;
}

/** A comment is there as long as its post is. */
function isLikedThingThere(): SQL {
  return sql`if(${likes.targetKind} = ${LIKE_TARGETS.post}, ${isPostThere(sql`${likes.targetId}`)},
    (select there.id from ${comments} as below inner join ${posts} as there on there.id = below.post_id
      where below.id = ${likes.targetId} and below.deleted_at is null and there.deleted_at is null) is not null)`;
}
