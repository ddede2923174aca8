import type * as z from 'zod';
import type { UserCtx } from '../../platform/context.ts';
import { loadDirectory, toSchool, type SchoolEntry } from '../schools/index.ts';
import { schoolTokens } from './indexes/schools.ts';
import type { FoundHit, LoadHits, Source } from './read-page.ts';
import type { FoundSchool } from './schemas.ts';
import { findTyped, isFoundBy, spellWords } from './typed-words.ts';

type School = z.input<typeof FoundSchool>;

export function searchSchools(ctx: UserCtx, q: string): { sources: Source[]; load: LoadHits<School> } {
  const words = spellWords(q.replaceAll(/['’]/gu, ''));
  const source: Source = {
    indexUid: ctx.deps.search.uidOf('schools'),
    q: words.join(' '),
    matchingStrategy: 'all',
  };
  return { sources: words.length > 0 ? [source] : [], load: (hits) => loadSchools(ctx, hits, words) };
}

async function loadSchools(
  ctx: UserCtx,
  hits: readonly FoundHit[],
  words: readonly string[],
): Promise<Map<FoundHit, School>> {
  const { schoolById } = await loadDirectory(ctx);
  return new Map(
    hits.flatMap((hit): [FoundHit, School][] => {
      const school = schoolById.get(Number(hit.id));
      if (!school || !isFoundBy(words, schoolTokens(school))) return [];
      const highlights = highlightNames(school, words);
      return [[hit, { ...toSchool(school, ctx.deps.config.publicUrl), highlights }]];
    }),
  );
}

function highlightNames({ nameKo, nameEn }: SchoolEntry, words: readonly string[]): School['highlights'] {
  const shown = [
    ['nameKo', nameKo],
    ['nameEn', nameEn],
  ] as const;
  return shown.flatMap(([field, text]) =>
    findTyped(text, words).map((range) => ({ field, index: 0, ...range })),
  );
}
