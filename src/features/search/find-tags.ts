import type * as z from 'zod';
import { and, gt, inArray } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { tags } from '../../schema/posts.ts';
import type { FoundHit, LoadHits, Source } from './read-page.ts';
import type { FoundTag } from './schemas.ts';
import { findTyped, spellWords } from './typed-words.ts';

type Tag = z.input<typeof FoundTag>;

/** Tags are written without spaces: so is the query. */
export function searchTags(ctx: UserCtx, q: string): { sources: Source[]; load: LoadHits<Tag> } {
  const words = spellWords(q.replaceAll(/[\s#]+/gu, ''));
  const source: Source = {
    indexUid: ctx.deps.search.uidOf('tags'),
    q: words.join(' '),
    matchingStrategy: 'all',
  };
  return { sources: words.length > 0 ? [source] : [], load: (hits) => loadTags(ctx, hits, words) };
}

/** A tag's name never changes; its use does. */
async function loadTags(
  { deps }: UserCtx,
  hits: readonly FoundHit[],
  words: readonly string[],
): Promise<Map<FoundHit, Tag>> {
  const rows = await deps.db
    .select({ id: tags.id, name: tags.name, postCount: tags.postCount })
    .from(tags)
    .where(
      and(
        inArray(
          tags.id,
          hits.map(({ id }) => id),
        ),
        gt(tags.postCount, 0),
      ),
    );
  const rowById = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    hits.flatMap((hit): [FoundHit, Tag][] => {
      const row = rowById.get(hit.id);
      if (!row) return [];
      const highlights = findTyped(row.name, words).map((range) => ({
        field: 'name' as const,
        index: 0,
        ...range,
      }));
      return [[hit, { ...row, highlights }]];
    }),
  );
}
