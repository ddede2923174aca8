import type { SystemCtx } from '../context.ts';
import { publishEnvelopes } from './enqueue.ts';
import type { Delivery, Job } from './job.ts';
import { isInLedger, writeLedger } from './ledger.ts';

/** A delivery ends its last chunk within this (milliseconds) and hands on. */
export const SLICE_MS = 8_000;
const SLICE_ROWS = 10_000;

/** What one chunk did: rows it wrote, and where the next begins (undefined: the work is done). */
export type Chunk<S> = { rows: number; next: S | undefined };

type Slice<P extends object> = {
  job: Job<P>;
  payload: P;
  delivery: Delivery;
  maxRows: number | undefined;
  runChunk(position: unknown): Promise<Chunk<unknown>>;
};

/**
 * Runs chunks until time or rows are spent, then publishes the next slice. The slice's ledger row is written last: one
 * delivered again after that does nothing, one killed before it does its chunks again.
 */
export async function runSlice<P extends object>(ctx: SystemCtx, slice: Slice<P>): Promise<void> {
  const { job, payload, delivery } = slice;
  const ledgerKey = `${delivery.key}#${delivery.slice}`;
  if (await isInLedger(ctx, job.name, ledgerKey)) return;
  const next = await runChunks(ctx, slice);
  if (next !== undefined) {
    const following = { number: delivery.slice + 1, position: next };
    await publishEnvelopes(ctx, job, [{ key: delivery.key, payload, slice: following }], {});
  }
  await writeLedger(ctx, job.name, ledgerKey);
}

async function runChunks<P extends object>(
  ctx: SystemCtx,
  { delivery, maxRows = SLICE_ROWS, runChunk }: Slice<P>,
): Promise<unknown> {
  const deadline = ctx.deps.clock.now().getTime() + SLICE_MS;
  let { position } = delivery;
  let rows = 0;
  for (;;) {
    const chunk = await runChunk(position);
    if (chunk.next === undefined) return undefined;
    position = chunk.next;
    rows += chunk.rows;
    if (rows >= maxRows || ctx.deps.clock.now().getTime() >= deadline) return position;
  }
}
