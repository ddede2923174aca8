import type * as z from 'zod';
import { and, desc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { AppError } from '../../platform/errors.ts';
import { users } from '../../schema/accounts.ts';
import { tags } from '../../schema/posts.ts';
import { recentSearches } from '../../schema/search.ts';
import { isVisibleTo, loadPeople } from '../people/index.ts';
import { MAX_RECENT, type AddRecentSearch, type RecentSearch } from './schemas.ts';

/**
 * Puts an entry on top of one's recent searches; the same one again moves up. The oldest beyond 50 go. Throws `not_found`
 * for a person the caller cannot see and a tag that does not exist.
 */
export async function addRecentSearch(ctx: UserCtx, entry: z.output<typeof AddRecentSearch>): Promise<void> {
  const { deps, actor } = ctx;
  const { userId } = actor;
  const row = { userId, kind: entry.kind, id: deps.ids.next(), createdAt: deps.clock.now() };
  const moved = sql`on duplicate key update ${recentSearches.id} = values(${recentSearches.id}), ${recentSearches.createdAt} = values(${recentSearches.createdAt})`;
  const { kind, text, targetId } = entry;
  if (text !== undefined) {
    await deps.db
      .insert(recentSearches)
      .values({ ...row, entryKey: text, targetId: null })
      .onDuplicateKeyUpdate({ set: { id: row.id, createdAt: row.createdAt } });
  } else if (targetId !== undefined) {
    const isTarget =
      kind === 'person'
        ? sql`from ${users} where ${and(eq(users.id, targetId), isVisibleTo(userId, users.id))}`
        : sql`from ${tags} where ${eq(tags.id, targetId)}`;
    const insert = insertSelect(recentSearches, { ...row, entryKey: targetId, targetId }, isTarget);
    const { rowsAffected } = await deps.db.execute(sql`${insert} ${moved}`);
    if (rowsAffected === 0) throw new AppError('not_found');
  }
  await forgetOldest(ctx);
}

/** Through a table of its own: MySQL reads no table that the same statement deletes from. */
async function forgetOldest({ deps, actor }: UserCtx): Promise<void> {
  const oldest = sql`select kept.id from (select ${recentSearches.id} from ${recentSearches} where ${recentSearches.userId} = ${actor.userId} order by ${recentSearches.id} desc limit 1 offset ${MAX_RECENT - 1}) as kept`;
  await deps.db
    .delete(recentSearches)
    .where(and(eq(recentSearches.userId, actor.userId), sql`${recentSearches.id} < (${oldest})`));
}

/** Newest first. People who are not to be seen any more and tags that nobody uses are left out. */
export async function listRecentSearches(ctx: UserCtx): Promise<z.input<typeof RecentSearch>[]> {
  const { db } = ctx.deps;
  const rows = await db
    .select()
    .from(recentSearches)
    .where(eq(recentSearches.userId, ctx.actor.userId))
    .orderBy(desc(recentSearches.id))
    .limit(MAX_RECENT);
  const targetsOf = (kind: string) =>
    rows.flatMap((row) => (row.kind === kind && row.targetId !== null ? row.targetId : []));
  const tagIds = targetsOf('tag');
  const [people, tagRows] = await Promise.all([
    loadPeople(ctx, targetsOf('person')),
    tagIds.length > 0
      ? db
          .select({ id: tags.id, name: tags.name, postCount: tags.postCount })
          .from(tags)
          .where(and(inArray(tags.id, tagIds), gt(tags.postCount, 0)))
      : [],
  ]);
  const tagById = new Map(tagRows.map((tag) => [tag.id, tag]));
  return rows.flatMap(({ id, kind, entryKey, targetId, createdAt }) => {
    const entry = {
      id,
      kind,
      text: kind === 'word' ? entryKey : null,
      person: (kind === 'person' && people.get(targetId ?? '')) || null,
      tag: (kind === 'tag' && tagById.get(targetId ?? '')) || null,
      searchedAt: createdAt.toISOString(),
    };
    return entry.text !== null || entry.person || entry.tag ? entry : [];
  });
}

/** Removes one entry; one that is not there is fine. */
export async function removeRecentSearch({ deps, actor }: UserCtx, searchId: string): Promise<void> {
  await deps.db
    .delete(recentSearches)
    .where(and(eq(recentSearches.id, searchId), eq(recentSearches.userId, actor.userId)));
}

export async function clearRecentSearches({ deps, actor }: UserCtx): Promise<void> {
  await deps.db.delete(recentSearches).where(eq(recentSearches.userId, actor.userId));
}
