import type { SystemCtx } from '../../platform/context.ts';
import {
  SourceError,
  type Dropped,
  type FoundItem,
  type Outcome,
  type Source,
  type SourceRequest,
} from './source.ts';
import { readPage } from './transport/read-page.ts';

/** Pages that follow the first in one visit, at most. */
const MAX_NEXT = 5;
/** No further page is begun when a visit has taken so long (milliseconds): deliveries end after 10 s. */
const BEGIN_WITHIN_MS = 1500;

/** What a source gave, after all the pages of one visit. */
export type Reading = {
  outcome: Outcome;
  items: FoundItem[];
  dropped: Dropped;
  later: SourceRequest[];
  /** Something is missing: a page was cut off, or one that was to follow could not be read. */
  isPartial: boolean;
  /** To be called when the items are stored. */
  remember(): Promise<void>;
};

/** Nothing was sent: come again. */
export type Wait = { waitSeconds: number };

/**
 * Reads the first of the requests that robots.txt does not close, and the pages that follow from it. Whatever the source
 * does is an outcome; what another page gave before something went wrong is kept.
 */
export async function readSource(
  ctx: SystemCtx,
  source: Source,
  requests: readonly SourceRequest[],
): Promise<Reading | Wait> {
  let reading: Reading | Wait = end('robots_disallowed');
  for (const request of requests) {
    reading = await readFirst(ctx, source, request);
    if ('waitSeconds' in reading || reading.outcome !== 'robots_disallowed') break;
  }
  return reading;
}

function end(outcome: Outcome): Reading {
  return { outcome, items: [], dropped: {}, later: [], isPartial: false, remember: async () => undefined };
}

async function readFirst(ctx: SystemCtx, source: Source, request: SourceRequest): Promise<Reading | Wait> {
  const startedAt = ctx.deps.clock.now().getTime();
  const first = await readStep(ctx, source, request, []);
  if ('waitSeconds' in first) return first;
  const { next, ...reading } = first;
  const queue = [...next];
  const seen = new Set([request.url]);
  for (let following = queue.shift(); following; following = queue.shift()) {
    if (seen.has(following.url)) continue;
    const isLate = ctx.deps.clock.now().getTime() - startedAt >= BEGIN_WITHIN_MS;
    if (seen.size > MAX_NEXT || isLate) return { ...reading, isPartial: true };
    seen.add(following.url);
    const step = await readStep(ctx, source, following, reading.items);
    if ('waitSeconds' in step) return { ...reading, isPartial: true };
    if (step.outcome !== 'ok' && step.outcome !== 'empty') {
      return { ...reading, outcome: step.outcome, isPartial: true };
    }
    queue.push(...step.next);
    reading.items = step.items;
    reading.dropped = addDropped(reading.dropped, step.dropped);
    reading.later.push(...step.later);
    reading.isPartial ||= step.isPartial;
  }
  return reading;
}

/** One page. `before`: what the pages before it gave. */
async function readStep(
  ctx: SystemCtx,
  source: Source,
  request: SourceRequest,
  before: FoundItem[],
): Promise<(Reading & { next: SourceRequest[] }) | Wait> {
  try {
    const result = await readPage(ctx, source, request);
    if (result.kind === 'wait') return { waitSeconds: result.seconds };
    if (result.kind === 'not_modified') return { ...end('not_modified'), next: [] };
    const { page, remember, rest } = result;
    const context = { now: ctx.deps.clock.now(), config: ctx.deps.config.crawl };
    const parsed = await restAtWalls(rest, async () => source.parse(page, before, context));
    return {
      ...parsed,
      outcome: parsed.items.length > 0 ? 'ok' : 'empty',
      isPartial: page.isCut,
      remember: page.isCut ? async () => undefined : remember,
    };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { ...end(error.outcome), next: [] };
  }
}

const WALLS = new Set<Outcome>(['throttled', 'blocked_consent', 'blocked_login']);

/** A page that turns out to be a wall is as good as a 429. */
async function restAtWalls<T>(
  rest: (retryAfter?: number) => Promise<void>,
  parse: () => Promise<T>,
): Promise<T> {
  try {
    return await parse();
  } catch (error) {
    if (error instanceof SourceError && WALLS.has(error.outcome)) await rest(error.retryAfter);
    throw error;
  }
}

/** Counts of two pages together. */
export function addDropped(one: Dropped, other: Dropped): Dropped {
  const sum: Dropped = { ...one };
  for (const reason of Object.keys(other) as (keyof Dropped)[]) {
    sum[reason] = (sum[reason] ?? 0) + (other[reason] ?? 0);
  }
  return sum;
}
