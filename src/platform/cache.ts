import { Redis } from '@upstash/redis/cloudflare';

/** Redis did not answer, or not in time. What that means is the caller's to say: a miss, or a 503. */
export class CacheUnavailable extends Error {
  override name = 'CacheUnavailable';
}

/** Milliseconds after which Redis counts as down: it stands beside the Worker and answers in one or two. */
export const CACHE_TIMEOUT_MS = 500;

/**
 * Redis as this project uses it: one HTTP request a call, no hidden retries (theirs add up to seconds), no
 * auto-pipelining (it reorders reads and writes), strings in and strings out (its JSON guessing turns ids into
 * numbers). Never the truth for anything but codes, proofs and counters.
 */
export type Cache = Redis;

/** Every method throws {@link CacheUnavailable} when Redis does not answer, and a plain error for a wrong command. */
export function createCache(url: string, token: string, fetchCommand: typeof fetch): Cache {
  return new CacheClient(url, token, fetchCommand);
}

class CacheClient extends Redis {
  constructor(url: string, token: string, fetchCommand: typeof fetch) {
    super({
      url,
      token,
      automaticDeserialization: false,
      enableAutoPipelining: false,
      enableTelemetry: false,
    });
    // The official client speaks through this requester so that its calls are counted, bounded and never retried.
    this.client = {
      request: async <T>({ path = [], body }: { path?: string[]; body?: unknown }) =>
        (await post(fetchCommand, [url, ...path].join('/'), token, body)) as { result?: T; error?: string },
    };
  }
}

async function post(fetchCommand: typeof fetch, url: string, token: string, body: unknown): Promise<unknown> {
  let response: Response;
  let answer: { error?: string };
  try {
    response = await fetchCommand(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    answer = await response.json();
  } catch (error) {
    throw new CacheUnavailable('Redis did not answer', { cause: error });
  }
  if (response.status >= 500 || response.status === 401)
    throw new CacheUnavailable(`Redis answered ${response.status}`);
  if (!response.ok) throw new Error(answer.error ?? `Redis answered ${response.status}`);
  return answer;
}
