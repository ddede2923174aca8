import { and, asc, gt, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { posts } from '../../schema/posts.ts';
import { searchChanges, searchIndexes } from '../../schema/search.ts';
import type { SearchKind } from './kinds.ts';

/** Something that the index of its kind has to hear of: it is there, it is gone, or it is different. */
export type Change = { kind: SearchKind; id: string };

const ROWS_AT_ONCE = 1000;

/**
 * Notes that things have changed, after the change has been committed. While an index is being rebuilt, its things get a
 * second row for the new one; a rebuild that begins after this was read sees the change itself.
 */
export async function noteChanges(ctx: Ctx, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const { db, ids, clock } = ctx.deps;
  const rebuilt = await db
    .select({ kind: searchIndexes.kind })
    .from(searchIndexes)
    .where(isNotNull(searchIndexes.rebuildId));
  const kindsRebuilt = new Set(rebuilt.map(({ kind }) => kind));
  const stamp = ids.next();
  const availableAt = clock.now();
  const unique = new Map(changes.map((change) => [`${change.kind} ${change.id.padStart(19, '0')}`, change]));
  // In one order always, so that two that note the same things do not wait for each other in a circle.
  const sorted = [...unique].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
  const rows = sorted.flatMap(({ kind, id }) => {
    const row = { kind, targetId: id, stamp, availableAt };
    const live = { ...row, destination: 'live' as const };
    return kindsRebuilt.has(kind) ? [live, { ...row, destination: 'next' as const }] : [live];
  });
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    await tryAgainWhenLost(ctx, () =>
      db
        .insert(searchChanges)
        .values(rows.slice(start, start + ROWS_AT_ONCE))
        .onDuplicateKeyUpdate({
          set: {
            stamp: sql`values(${searchChanges.stamp})`,
            // One that is being written keeps its lease: two must not write the same thing at once.
            availableAt: sql`if(${searchChanges.claim} is null, values(${searchChanges.availableAt}), ${searchChanges.availableAt})`,
            attempts: 0,
          },
        }),
    );
  }
}

/** Notes every post that a condition on `posts` names, in bounded pieces. */
export async function notePosts(ctx: Ctx, which: SQL): Promise<void> {
  let after = '0';
  for (;;) {
    const rows = await ctx.deps.db
      .select({ id: posts.id })
      .from(posts)
      .where(and(which, isNull(posts.deletedAt), gt(posts.id, after)))
      .orderBy(asc(posts.id))
      .limit(ROWS_AT_ONCE);
    await noteChanges(
      ctx,
      rows.map(({ id }) => ({ kind: 'posts', id })),
    );
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_AT_ONCE) return;
    after = last.id;
  }
}
