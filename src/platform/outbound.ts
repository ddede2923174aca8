/**
 * Every request this Worker makes goes through here: counted (quality.md's budgets are asserted on the counts) and
 * held to six at once, which production queues anyway but `wrangler dev` does not show.
 */
const MAX_CONNECTIONS = 6;

export type OutboundKind = 'mysql' | 'redis' | 'qstash' | 'search' | 'mail' | 'web';

export type OutboundCounts = {
  /** SQL statements, BEGIN and COMMIT included. */
  statements: number;
  /** Redis commands, those inside a pipeline one by one. */
  redisCommands: number;
  /** The longest chain of calls of which each waited for the one before. */
  sequentialRoundTrips: number;
};

export type Outbound = {
  /** A `fetch` whose calls are counted as `kind`. `timeoutMs` runs from when the call is sent, not while it queues. */
  fetchAs(kind: OutboundKind, timeoutMs: number): typeof fetch;
  counts(): OutboundCounts;
};

export function createOutbound(baseFetch: typeof fetch = fetch): Outbound {
  const counts: OutboundCounts = { statements: 0, redisCommands: 0, sequentialRoundTrips: 0 };
  const waiting: (() => void)[] = [];
  let open = 0;
  let finishedDepth = 0;

  async function enter(): Promise<void> {
    if (open < MAX_CONNECTIONS) {
      open += 1;
      return;
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else open -= 1;
  }

  function count(kind: OutboundKind, url: string, body: unknown): void {
    if (kind === 'mysql') counts.statements += 1;
    if (kind === 'redis') {
      const isMany = url.endsWith('/pipeline') || url.endsWith('/multi-exec');
      counts.redisCommands += isMany && typeof body === 'string' ? (JSON.parse(body) as unknown[]).length : 1;
    }
  }

  return {
    fetchAs(kind, timeoutMs) {
      return async (input, init) => {
        const depth = finishedDepth + 1;
        await enter();
        try {
          count(kind, input instanceof Request ? input.url : input.toString(), init?.body);
          counts.sequentialRoundTrips = Math.max(counts.sequentialRoundTrips, depth);
          const { signal: timeout, stop } = startTimeout(timeoutMs);
          const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
          const response = await baseFetch(input, { ...init, signal }).catch((error: unknown) => {
            stop();
            throw error;
          });
          return stopAfterBody(response, stop);
        } finally {
          finishedDepth = Math.max(finishedDepth, depth);
          leave();
        }
      };
    },
    counts: () => ({ ...counts }),
  };
}

/**
 * When the time is up, an answer that is there already gets its turn first: whatever held the thread meanwhile (a password
 * hash takes 0.3 s) has held it back too.
 */
const LAST_TURN_MS = 25;

/** Not `AbortSignal.timeout`, which cannot be called off: it would keep a Durable Object awake until it is over. */
function startTimeout(timeoutMs: number): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  let timer = setTimeout(() => {
    timer = setTimeout(() => {
      controller.abort(new DOMException('timed out', 'TimeoutError'));
    }, LAST_TURN_MS);
  }, timeoutMs);
  return { signal: controller.signal, stop: () => clearTimeout(timer) };
}

/** The time runs until the body has been read as JSON or text, which is how the services beside us are read. */
function stopAfterBody(response: Response, stop: () => void): Response {
  const json = response.json.bind(response);
  const text = response.text.bind(response);
  response.json = <T>() => json<T>().finally(stop);
  response.text = () => text().finally(stop);
  return response;
}
