import type * as z from 'zod';
import type { UserCtx } from '../../platform/context.ts';
import { addDays, startOfKoreanDay } from '../../platform/korea-time.ts';
import { loadPostCards, type PostCardView } from '../posts/index.ts';
import { readHighlights, type PresentTexts } from './highlights.ts';
import type { FoundHit, LoadHits, Source } from './read-page.ts';
import type { FoundPost } from './schemas.ts';
import { isInitialsOnly, spellWords } from './typed-words.ts';

export type PostFilters = {
  schoolId?: number | undefined;
  fieldId?: number | undefined;
  /** Korean days, both taken in. */
  from?: string | undefined;
  to?: string | undefined;
};

type Post = z.input<typeof FoundPost>;
type Field = Post['highlights'][number]['field'];

/** Posts by tags, career and text; equal ones newest first. Initial consonants find none: text has no index of them. */
export function searchPosts(
  ctx: UserCtx,
  q: string,
  filters: PostFilters = {},
): { sources: Source[]; load: LoadHits<Post> } {
  const isAsked = spellWords(q).length > 0 && !isInitialsOnly(q);
  const source: Source = {
    indexUid: ctx.deps.search.uidOf('posts'),
    q,
    filter: toFilter(filters),
    attributesToHighlight: ['text', 'career', 'tags'],
  };
  return { sources: isAsked ? [source] : [], load: (hits) => loadPosts(ctx, hits) };
}

function toFilter({ schoolId, fieldId, from, to }: PostFilters): string[] {
  return [
    ...(schoolId === undefined ? [] : [`schoolId = ${schoolId}`]),
    ...(fieldId === undefined ? [] : [`fieldId = ${fieldId}`]),
    ...(from === undefined ? [] : [`createdAt >= ${secondsAt(from)}`]),
    ...(to === undefined ? [] : [`createdAt < ${secondsAt(addDays(to, 1))}`]),
  ];
}

function secondsAt(day: string): number {
  return startOfKoreanDay(day).getTime() / 1000;
}

/** School, field and time of a post never change: the engine's filter needs no second look. */
async function loadPosts(ctx: UserCtx, hits: readonly FoundHit[]): Promise<Map<FoundHit, Post>> {
  const cards = await loadPostCards(
    ctx,
    hits.map(({ id }) => id),
  );
  const cardById = new Map(cards.map((card) => [card.id, card]));
  const found = new Map<FoundHit, Post>();
  for (const hit of hits) {
    const card = cardById.get(hit.id);
    if (!card) continue;
    const { highlights, isStale } = readHighlights(hit.formatted, presentTexts(card));
    if (!isStale) found.set(hit, { ...card, highlights });
  }
  return found;
}

function presentTexts({ text, career, tags }: PostCardView): PresentTexts<Field>[] {
  return [
    { attribute: 'text', texts: [text], shownAs: () => ({ field: 'text', index: 0 }) },
    { attribute: 'career', texts: [career.name], shownAs: () => ({ field: 'career.name', index: 0 }) },
    {
      attribute: 'tags',
      texts: tags.map(({ name }) => name),
      shownAs: (index) => ({ field: 'tags', index }),
    },
  ];
}
