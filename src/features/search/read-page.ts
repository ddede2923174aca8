import type { Ctx } from '../../platform/context.ts';
import { sha256 } from '../../platform/crypto.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, encodeCursor } from '../../platform/http/cursor.ts';
import { REACHABLE_HITS, type EngineHit, type EngineQuery } from '../../platform/search.ts';

/** A hit, and which of a list's searches found it. */
export type FoundHit = EngineHit & { source: number };

export type Source = Omit<EngineQuery, 'offset' | 'limit'>;

/** Turns hits into what the viewer may see of them, as it is now; those that are not to be shown are missing. */
export type LoadHits<T> = (hits: readonly FoundHit[]) => Promise<Map<FoundHit, T>>;

/** Hits asked for beyond the page: some will be gone, blocked or not what they were. */
const SPARE_HITS = 5;
/** Calls to the engine for one page. A page that is not full by then is short; the list goes on behind it. */
const MAX_ROUNDS = 4;

/** Where a list goes on: which search, and the number of its hits already taken. */
type Place = { source: number; offset: number };

/**
 * One page of a list that is made of searches, one after the other. The engine reaches 1,000 hits a search; there the
 * list ends. Throws `invalid_cursor` or `search_unavailable`.
 */
export async function readPage<T>(
  ctx: Ctx,
  list: { name: unknown[]; sources: readonly Source[]; load: LoadHits<T> },
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: T[]; nextCursor: string | null }> {
  const name = `search ${(await sha256(JSON.stringify(list.name))).slice(0, 16)}`;
  let place = readPlace(name, cursor, list.sources.length);
  const items: T[] = [];
  const seen = new Set<string>();
  for (let round = 0; place && items.length < limit && round < MAX_ROUNDS; round += 1) {
    const taken: Taken<T> = await readOnward(ctx, list, place, limit - items.length);
    for (const { hit, item, next } of taken.shown) {
      if (items.length === limit) return { items, nextCursor: toCursor(name, place) };
      place = next;
      if (!seen.has(hit.id)) items.push(item);
      seen.add(hit.id);
    }
    place = taken.next;
  }
  return { items, nextCursor: toCursor(name, place) };
}

function readPlace(name: string, cursor: string | undefined, sources: number): Place | undefined {
  const [source, offset] = decodeCursor(name, cursor, ['number', 'number']) ?? [0, 0];
  if (sources === 0) return undefined;
  if (source < 0 || source >= sources || offset < 0 || offset > REACHABLE_HITS)
    throw new AppError('invalid_cursor');
  return { source, offset };
}

function toCursor(name: string, place: Place | undefined): string | null {
  return place ? encodeCursor(name, [place.source, place.offset]) : null;
}

type Taken<T> = {
  shown: { hit: FoundHit; item: T; next: Place }[];
  /** Undefined at the end of the list. */
  next: Place | undefined;
};

async function readOnward<T>(
  ctx: Ctx,
  { sources, load }: { sources: readonly Source[]; load: LoadHits<T> },
  from: Place,
  wanted: number,
): Promise<Taken<T>> {
  const limit = wanted + SPARE_HITS;
  const asked = sources.slice(from.source).map((source, at) => ({
    ...source,
    offset: at === 0 ? from.offset : 0,
    limit,
  }));
  const answers = asked.length > 0 ? await ctx.deps.search.find(asked) : [];
  const places: { hit: FoundHit; next: Place }[] = [];
  let next: Place | undefined;
  for (const [at, hits] of answers.entries()) {
    const source = from.source + at;
    const start = asked[at]?.offset ?? 0;
    for (const [index, hit] of hits.entries())
      places.push({ hit: { ...hit, source }, next: { source, offset: start + index + 1 } });
    const isMore = hits.length === limit && start + hits.length < REACHABLE_HITS;
    if (!isMore) continue;
    next = { source, offset: start + hits.length };
    break;
  }
  const items = places.length > 0 ? await load(places.map(({ hit }) => hit)) : new Map<FoundHit, T>();
  const shown = places.flatMap(({ hit, next: after }) => {
    const item = items.get(hit);
    return item === undefined ? [] : { hit, item, next: after };
  });
  return { shown, next };
}

/** The first of a list, from hits that are there already. */
export function takeFirst<T>(hits: readonly FoundHit[], items: Map<FoundHit, T>, limit: number): T[] {
  const seen = new Set<string>();
  const first: T[] = [];
  for (const hit of hits) {
    const item = items.get(hit);
    if (item === undefined || seen.has(hit.id) || first.length === limit) continue;
    seen.add(hit.id);
    first.push(item);
  }
  return first;
}

/** Hits that the box asks for of each search. */
export function firstHits(limit: number): number {
  return limit + SPARE_HITS;
}
