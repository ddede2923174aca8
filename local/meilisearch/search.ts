/** One search: its parameters checked as the engine does, and the answer. */
import type { Document } from './documents.ts';
import { EngineError } from './errors.ts';
import { compileFilter, valuesOf } from './filter.ts';
import { findPositions, highlight } from './format.ts';
import { readQuery, type Query } from './query.ts';
import { rankDocuments, requireSortable, type MatchingStrategy } from './rank.ts';
import type { SearchIndex } from './search-index.ts';
import { filterablePatterns, isAmong } from './settings.ts';

export type SearchParams = {
  q?: string | null;
  limit?: number;
  offset?: number;
  page?: number;
  hitsPerPage?: number;
  filter?: unknown;
  sort?: string[];
  facets?: string[];
  matchingStrategy?: MatchingStrategy;
  attributesToSearchOn?: string[];
  attributesToRetrieve?: string[];
  attributesToHighlight?: string[];
  highlightPreTag?: string;
  highlightPostTag?: string;
  showMatchesPosition?: boolean;
  showRankingScore?: boolean;
  locales?: string[];
};

const KNOWN = new Set([
  'q',
  'limit',
  'offset',
  'page',
  'hitsPerPage',
  'filter',
  'sort',
  'facets',
  'matchingStrategy',
  'attributesToSearchOn',
  'attributesToRetrieve',
  'attributesToHighlight',
  'highlightPreTag',
  'highlightPostTag',
  'showMatchesPosition',
  'showRankingScore',
  'locales',
]);

const STRATEGIES = ['last', 'all', 'frequency'];

/** Throws for what the engine refuses, and for parameters that this stand-in does not know rather than passing them over. */
export function readParams(given: Record<string, unknown>): SearchParams {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!KNOWN.has(name)) throw new EngineError('bad_request', `Unknown field \`${name}\``);
    const isNumber = ['limit', 'offset', 'page', 'hitsPerPage'].includes(name);
    if (isNumber && !(Number.isInteger(value) && Number(value) >= 0))
      throw new EngineError('bad_request', `Invalid value type for parameter \`${name}\``);
    if (name === 'matchingStrategy' && !STRATEGIES.includes(String(value)))
      throw new EngineError('bad_request', `Unknown value \`${String(value)}\` at \`.matchingStrategy\``);
  }
  return given as SearchParams;
}

/** Answers one search in the shape of the engine's answer. */
export function search(index: SearchIndex, params: SearchParams): Record<string, unknown> {
  const startedAt = performance.now();
  const { settings } = index;
  const q = params.q ?? '';
  const query = readQuery(index, q, fieldsToSearch(index, params.attributesToSearchOn));
  const sort = params.sort ?? [];
  requireSortable(sort, settings.sortableAttributes, index.uid);
  const isWanted = readFilter(index, params.filter);
  const strategy = params.matchingStrategy ?? 'last';
  const { start, count } = readRange(params);
  const { maxTotalHits } = settings.pagination;
  const needed = Math.min(start + count, maxTotalHits);
  const ranked = rankDocuments(index, query, { strategy, sort, isWanted, count: needed });
  const hits = ranked.best.slice(start).map((hit) => toHit(index, query, hit, params));
  return {
    hits,
    query: q,
    processingTimeMs: Math.round(performance.now() - startedAt),
    ...describeRange(params, Math.min(ranked.total, maxTotalHits)),
    ...describeFacets(index, params.facets, ranked.documents),
  };
}

/** The engine names the index in front of what is wrong with the filter. */
function readFilter(index: SearchIndex, filter: unknown): ((document: Document) => boolean) | undefined {
  if (filter === undefined || filter === null || (Array.isArray(filter) && filter.length === 0))
    return undefined;
  try {
    return compileFilter(filter, filterablePatterns(index.settings), 'invalid_search_filter');
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(error.code, `Index \`${index.uid}\`: ${error.message}`);
  }
}

function fieldsToSearch(
  index: SearchIndex,
  attributes: string[] | undefined,
): ReadonlySet<number> | undefined {
  if (!attributes || attributes.includes('*')) return undefined;
  const { searchableAttributes } = index.settings;
  const unknown = attributes.find((name) => !isAmong(name, searchableAttributes));
  if (unknown !== undefined)
    throw new EngineError(
      'invalid_search_attributes_to_search_on',
      `Index \`${index.uid}\`: Attribute \`${unknown}\` is not searchable. Available searchable attributes are: \`${searchableAttributes.join(', ')}\`.`,
    );
  const searchable = index.searchable();
  return new Set(attributes.map((name) => searchable.indexOf(name)).filter((field) => field >= 0));
}

function isPaged(params: SearchParams): boolean {
  return params.page !== undefined || params.hitsPerPage !== undefined;
}

function readRange(params: SearchParams): { start: number; count: number } {
  if (!isPaged(params)) return { start: params.offset ?? 0, count: params.limit ?? 20 };
  const count = params.hitsPerPage ?? 20;
  return { start: (Math.max(params.page ?? 1, 1) - 1) * count, count: params.page === 0 ? 0 : count };
}

function describeRange(params: SearchParams, total: number): object {
  if (!isPaged(params))
    return { limit: params.limit ?? 20, offset: params.offset ?? 0, estimatedTotalHits: total };
  const hitsPerPage = params.hitsPerPage ?? 20;
  const totalPages = hitsPerPage === 0 ? 0 : Math.ceil(total / hitsPerPage);
  return { page: params.page ?? 1, hitsPerPage, totalPages, totalHits: total };
}

function describeFacets(
  index: SearchIndex,
  facets: string[] | undefined,
  readDocuments: () => Document[],
): object {
  if (!facets) return {};
  const documents = readDocuments();
  const filterable = filterablePatterns(index.settings);
  const wrong = facets.find((name) => name !== '*' && !isAmong(name, filterable));
  if (wrong !== undefined)
    throw new EngineError(
      'invalid_search_facets',
      `Index \`${index.uid}\`: Invalid facet distribution: Attribute \`${wrong}\` is not filterable. Available filterable attributes patterns are: \`${filterable.join(', ')}\`.`,
    );
  const names = facets.includes('*') ? filterable : facets;
  return {
    facetDistribution: Object.fromEntries(names.map((name) => [name, countValues(index, documents, name)])),
    facetStats: {},
  };
}

function countValues(index: SearchIndex, documents: Document[], attribute: string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const document of documents) {
    for (const value of valuesOf(document, attribute).flat())
      counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  const names = [...counts.keys()].toSorted().slice(0, index.settings.faceting.maxValuesPerFacet);
  return Object.fromEntries(names.map((name) => [name, counts.get(name) ?? 0]));
}

function toHit(
  index: SearchIndex,
  query: Query,
  { document, score }: { document: Document; score: number },
  params: SearchParams,
): Document {
  const { displayedAttributes } = index.settings;
  const shown = pick(document, displayedAttributes);
  const wanted = pick(shown, params.attributesToRetrieve ?? ['*']);
  const highlighted = params.attributesToHighlight;
  const tags = { pre: params.highlightPreTag ?? '<em>', post: params.highlightPostTag ?? '</em>' };
  return {
    ...wanted,
    ...(highlighted && {
      _formatted: highlight(index, query, { ...wanted, ...pick(shown, highlighted) }, highlighted, tags),
    }),
    ...(params.showMatchesPosition && { _matchesPosition: findPositions(index, query, shown) }),
    ...(params.showRankingScore && { _rankingScore: score }),
  };
}

function pick(document: Document, patterns: readonly string[]): Document {
  return Object.fromEntries(Object.entries(document).filter(([name]) => isAmong(name, patterns)));
}
