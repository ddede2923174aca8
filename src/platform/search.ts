import { Meilisearch, MeilisearchApiError } from 'meilisearch';
import * as z from 'zod';
import { AppError } from './errors.ts';

/** A search has to answer within this (milliseconds); after it search is a 503 and nothing else has waited. */
export const SEARCH_TIMEOUT_MS = 1000;
/** Writes come from jobs: batches of some megabytes, and no reader waits for them. */
export const SEARCH_WRITE_TIMEOUT_MS = 10_000;

/** What the engine can reach of one search (its `maxTotalHits`). */
export const REACHABLE_HITS = 1000;

const RETRY_AFTER_SECONDS = 5;

/** Put around matches: from the private use area, so that they are not taken for text. */
export const MATCH_START = '\u{e000}';
export const MATCH_END = '\u{e001}';

export type EngineQuery = {
  /** The index, as `uidOf` names it. */
  indexUid: string;
  q: string;
  offset: number;
  limit: number;
  filter?: string[];
  matchingStrategy?: 'last' | 'all';
  attributesToSearchOn?: string[];
  /** Come back with `MATCH_START` and `MATCH_END` around what matched. */
  attributesToHighlight?: string[];
};

export type EngineHit = { id: string; formatted: Record<string, unknown> };

/**
 * Meilisearch as this project uses it: it answers ids, never the truth. Each index belongs to one environment and one
 * database, which it is a copy of.
 */
export type SearchEngine = {
  /** The index that holds things of one kind. */
  uidOf(kind: string): string;
  /** Asks several searches in one call; hits best first. Throws `search_unavailable` for whatever goes wrong. */
  find(queries: readonly EngineQuery[]): Promise<EngineHit[][]>;
  /** The official client for jobs, with a longer deadline; its errors are read by `engineErrorCode`. */
  writer: Meilisearch;
};

const Answer = z.object({
  results: z.array(
    z.object({
      hits: z.array(z.object({ id: z.string(), _formatted: z.record(z.string(), z.unknown()).optional() })),
    }),
  ),
});

/** Opens no connection. */
export function createSearchEngine(
  env: { MEILI_URL: string; MEILI_KEY: string; ENVIRONMENT: string; DATABASE_URL: string },
  fetchSearch: typeof fetch,
  fetchWrite: typeof fetch,
): SearchEngine {
  const reader = createClient(env, fetchSearch);
  const prefix = indexPrefix(env);
  return {
    uidOf: (kind) => `${prefix}_${kind}`,
    writer: createClient(env, fetchWrite),
    async find(queries) {
      try {
        const { results } = Answer.parse(
          await reader.multiSearch({ queries: queries.map((query) => toSearch(query)) }),
        );
        if (results.length !== queries.length) throw new TypeError('answers are missing');
        return results.map(({ hits }) =>
          hits.map(({ id, _formatted }) => ({ id, formatted: _formatted ?? {} })),
        );
      } catch (error) {
        throw new AppError('search_unavailable', { retryAfter: RETRY_AFTER_SECONDS, cause: error });
      }
    },
  };
}

function toSearch(query: EngineQuery) {
  return {
    ...query,
    attributesToRetrieve: ['id'],
    locales: ['kor', 'eng'] as ('kor' | 'eng')[],
    ...(query.attributesToHighlight && { highlightPreTag: MATCH_START, highlightPostTag: MATCH_END }),
  };
}

/** Two databases, or two environments that share a server, do not meet in an index. */
export function indexPrefix(env: { ENVIRONMENT: string; DATABASE_URL: string }): string {
  const database = decodeURIComponent(new URL(env.DATABASE_URL).pathname.slice(1));
  return `${env.ENVIRONMENT}_${database.replaceAll(/[^A-Za-z0-9-]/g, '-')}`;
}

/** The official client speaks through our fetch, so that its calls are counted and bounded. */
function createClient(env: { MEILI_URL: string; MEILI_KEY: string }, fetchCall: typeof fetch): Meilisearch {
  return new Meilisearch({
    host: env.MEILI_URL,
    apiKey: env.MEILI_KEY,
    async httpClient(input, init) {
      const response = await fetchCall(String(input), init as RequestInit);
      const text = await response.text();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      if (!response.ok) throw new MeilisearchApiError(response, body as undefined);
      return body;
    },
  });
}

/** The engine's own code for a refusal, such as `index_not_found`; undefined when it was not the engine that refused. */
export function engineErrorCode(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof MeilisearchApiError) return current.cause?.code;
  }
  return undefined;
}
