import { eq, inArray, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { careers } from '../../schema/careers.ts';
import { media, postMedia, posts } from '../../schema/posts.ts';
import { isVisibleTo } from '../people/index.ts';

type Summary = { postCount: number; lastPostAt: Date | null; coverKey: string | null };

/**
 * Careers with the posts, last post and cover that this viewer sees. Those of a group are by many, of whom the viewer
 * may not see all: what the career's row says of it is counted anew without those, in one statement for all groups (and
 * none where there is no group).
 */
export async function showToViewer<T extends Summary & { id: string; kind: 'personal' | 'group' }>(
  ctx: UserCtx,
  rows: T[],
): Promise<T[]> {
  const groupIds = rows.flatMap(({ id, kind, postCount }) => (kind === 'group' && postCount > 0 ? [id] : []));
  if (groupIds.length === 0) return rows;
  const shown = await readShown(ctx, groupIds);
  const nothing: Summary = { postCount: 0, lastPostAt: null, coverKey: null };
  return rows.map((row) => (groupIds.includes(row.id) ? { ...row, ...(shown.get(row.id) ?? nothing) } : row));
}

/** Groups in which the viewer sees anything. Visibility is asked once an author, along the index that holds these. */
async function readShown({ deps, actor }: UserCtx, groupIds: string[]): Promise<Map<string, Summary>> {
  const isAlive = sql`${posts.deletedAt} is null`;
  const written = sql`select ${posts.careerId} as career_id, ${posts.authorId} as author_id, count(*) as post_count, max(${posts.id}) as last_id from ${posts} where ${inArray(posts.careerId, groupIds)} and ${isAlive} group by ${posts.careerId}, ${posts.authorId}`;
  const shown = sql`(select written.career_id, sum(written.post_count) as post_count, max(written.last_id) as last_id from (${written}) as written where ${isVisibleTo(actor.userId, sql`written.author_id`)} group by written.career_id) as shown`;
  const cover = sql`select ${media.key} from ${posts} inner join ${postMedia} on ${postMedia.postId} = ${posts.id} and ${postMedia.kind} = 'image' inner join ${media} on ${media.id} = ${postMedia.mediaId} where ${posts.careerId} = ${careers.id} and ${isAlive} and ${isVisibleTo(actor.userId, posts.authorId)} order by ${posts.id} desc, ${postMedia.position} limit 1`;
  const rows = await deps.db
    .select({
      id: careers.id,
      postCount: sql`shown.post_count`.mapWith(Number).as('shown_posts'),
      lastPostAt:
        sql<Date | null>`(select ${posts.createdAt} from ${posts} where ${posts.id} = shown.last_id)`
          .mapWith(posts.createdAt)
          .as('shown_last'),
      coverKey: sql<string | null>`if(${careers.coverKey} is null, null, (${cover}))`.as('shown_cover'),
    })
    .from(careers)
    .innerJoin(shown, eq(careers.id, sql`shown.career_id`));
  return new Map(rows.map(({ id, ...summary }) => [id, summary]));
}
