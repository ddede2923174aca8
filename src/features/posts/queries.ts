import { and, desc, eq, lt } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { posts } from '../../schema/posts.ts';
import { requireVisibleCareer } from '../careers/index.ts';
import { loadPeople } from '../people/index.ts';
import { loadPostCards, loadPosts } from './load-posts.ts';
import { toPost } from './view.ts';
import { isPostVisibleTo } from './visibility.ts';

type Page = { cursor?: string | undefined; limit: number };

/** A post that the viewer may see. Throws `post_not_found`. */
export async function findVisiblePost(
  ctx: UserCtx,
  postId: string,
): Promise<{ id: string; authorId: string; careerId: string }> {
  const [post] = await ctx.deps.db
    .select({ id: posts.id, authorId: posts.authorId, careerId: posts.careerId })
    .from(posts)
    .where(and(eq(posts.id, postId), isPostVisibleTo(ctx.actor.userId)));
  if (!post) throw new AppError('post_not_found');
  return post;
}

/** A post's own page. Throws `post_not_found`. */
export async function readPost(ctx: UserCtx, postId: string) {
  const { rows, viewing } = await loadPosts(ctx, [postId]);
  if (!rows[0]) throw new AppError('post_not_found');
  return toPost(rows[0], viewing);
}

/** Posts of a person, newest first. Throws `not_found` for people the viewer cannot see. */
export async function listPostsOfUser(ctx: UserCtx, userId: string, page: Page) {
  const list = `posts of ${userId}`;
  const [people, rows] = await Promise.all([
    loadPeople(ctx, [userId]),
    readIds(ctx, list, page, eq(posts.authorId, userId)),
  ]);
  if (!people.has(userId)) throw new AppError('not_found');
  return toCards(ctx, list, page, rows);
}

/** Posts of a career, newest first, of all its authors or of one. Throws `career_not_found`. */
export async function listPostsOfCareer(
  ctx: UserCtx,
  careerId: string,
  { authorId, ...page }: Page & { authorId?: string | undefined },
) {
  const list = `posts in ${careerId} ${authorId ?? ''}`;
  const isOfAuthor = authorId === undefined ? undefined : eq(posts.authorId, authorId);
  const [rows] = await Promise.all([
    readIds(ctx, list, page, and(eq(posts.careerId, careerId), isOfAuthor)),
    requireVisibleCareer(ctx, careerId),
  ]);
  return toCards(ctx, list, page, rows);
}

type Condition = ReturnType<typeof and>;

/** One more than the page holds, so that it is known whether there is another. */
async function readIds(ctx: UserCtx, list: string, { cursor, limit }: Page, which: Condition) {
  const [before] = decodeCursor(list, cursor, ['id']) ?? [];
  return ctx.deps.db
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(which, before === undefined ? undefined : lt(posts.id, before), isPostVisibleTo(ctx.actor.userId)),
    )
    .orderBy(desc(posts.id))
    .limit(limit + 1);
}

async function toCards(ctx: UserCtx, list: string, { limit }: Page, rows: { id: string }[]) {
  const { items, nextCursor } = toPage(rows, limit, list, ({ id }) => [id]);
  const ids = items.map(({ id }) => id);
  return { items: await loadPostCards(ctx, ids), nextCursor };
}
