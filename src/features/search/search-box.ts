import type * as z from 'zod';
import type { UserCtx } from '../../platform/context.ts';
import { searchPeople } from './find-people.ts';
import { searchPosts } from './find-posts.ts';
import { searchSchools } from './find-schools.ts';
import { searchTags } from './find-tags.ts';
import { firstHits, takeFirst, type FoundHit, type LoadHits } from './read-page.ts';
import { BOX_ITEMS, type SearchBox } from './schemas.ts';

/** The first of every kind, in one call to the engine and one round of reading. Throws `search_unavailable`. */
export async function searchEverything(ctx: UserCtx, q: string): Promise<z.input<typeof SearchBox>> {
  const people = searchPeople(ctx, q);
  const posts = searchPosts(ctx, q);
  const tags = searchTags(ctx, q);
  const schools = searchSchools(ctx, q);
  const sections = [people, posts, tags, schools];
  const queries = sections.flatMap(({ sources }) => sources);
  const limit = firstHits(BOX_ITEMS);
  const answers =
    queries.length > 0
      ? await ctx.deps.search.find(queries.map((query) => ({ ...query, offset: 0, limit })))
      : [];

  const rest = [...answers];
  const [peopleHits = [], postHits = [], tagHits = [], schoolHits = []] = sections.map(({ sources }) =>
    rest
      .splice(0, sources.length)
      .flatMap((hits, source) => hits.map((hit): FoundHit => ({ ...hit, source }))),
  );
  const [foundPeople, foundPosts, foundTags, foundSchools] = await Promise.all([
    take(people.load, peopleHits),
    take(posts.load, postHits),
    take(tags.load, tagHits),
    take(schools.load, schoolHits),
  ]);
  return { people: foundPeople, posts: foundPosts, tags: foundTags, schools: foundSchools };
}

async function take<T>(load: LoadHits<T>, hits: readonly FoundHit[]): Promise<T[]> {
  return hits.length > 0 ? takeFirst(hits, await load(hits), BOX_ITEMS) : [];
}
