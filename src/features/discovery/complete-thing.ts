import * as z from 'zod';
import type { SystemCtx } from '../../platform/context.ts';
import { sha256 } from '../../platform/crypto.ts';
import { Day, Id } from '../../platform/http/schemas.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { runOnceLeased } from '../../platform/jobs/ledger.ts';
import { whenAgain } from './patience.ts';
import { readSource } from './read-source.ts';
import type { Source, SourceRequest } from './source.ts';
import { completeItems } from './store-items.ts';
import { countCompletion, readVisit } from './visits.ts';

/** One page of a thing that a visit has found. */
export const Completion = z.object({
  day: Day,
  /** The visit's. */
  tagId: Id,
  /** SHA-256 of the address. */
  urlHash: z.string(),
  /** Of the open web, and without keys: those are added where they are used. */
  page: z.object({
    step: z.string(),
    url: z.url({ protocol: /^https$/ }),
    accept: z.enum(['application/rss+xml', 'application/json', 'text/html']),
    maxBytes: z.number().int().positive(),
  }),
  /** How often it has been put off. */
  deferral: z.number().int().min(0),
});

export type Completion = z.output<typeof Completion>;

/** The page of one thing as a message. Throws for what could not be asked for without a key or an allowance. */
export async function toCompletion(day: string, tagId: string, request: SourceRequest): Promise<Completion> {
  const { step, url, accept, maxBytes, headers, quota } = request;
  if (headers || quota) throw new Error('a page that is read later has neither keys nor an allowance');
  return { day, tagId, urlHash: await sha256(url), page: { step, url, accept, maxBytes }, deferral: 0 };
}

/** The page may not be asked for yet. */
class NotYet extends Error {
  override name = 'NotYet';
  readonly delaySeconds: number;

  constructor(delaySeconds: number) {
    super('not yet');
    this.delaySeconds = delaySeconds;
  }
}

/** Reads one page, once a day, and completes with it what is stored. How that went is counted in the visit's row. */
export async function completeThing(
  ctx: SystemCtx,
  source: Source,
  completion: Completion,
  job: Job<Completion>,
): Promise<void> {
  try {
    await runOnceLeased(ctx, job.name, job.key(completion), () => readAndComplete(ctx, source, completion));
  } catch (error) {
    if (!(error instanceof NotYet)) throw error;
    const deferral = completion.deferral + 1;
    const { delaySeconds } = error;
    await enqueue(ctx, job, [{ ...completion, deferral }], { delaySeconds, occasion: String(deferral) });
  }
}

async function readAndComplete(
  ctx: SystemCtx,
  source: Source,
  { day, tagId, page }: Completion,
): Promise<void> {
  const key = { day, source: source.id, tagId };
  const { startedAt } = await readVisit(ctx, key);
  const reading = await readSource(ctx, source, [page]);
  if ('waitSeconds' in reading) {
    const delaySeconds = whenAgain(reading.waitSeconds, ctx.deps.clock.now(), startedAt);
    if (delaySeconds !== undefined) throw new NotYet(delaySeconds);
    await countCompletion(ctx, key, 'throttled');
    return;
  }
  await completeItems(ctx, source, reading.items);
  await reading.remember();
  await countCompletion(ctx, key, reading.outcome);
}
