import type * as z from 'zod';
import type { SystemCtx } from '../context.ts';
import { runSlice, type Chunk } from './slices.ts';

/** How many deliveries QStash may have under way, or start in a period (seconds). Shared by all jobs that name the same key. */
export type FlowControl = { key: string } & (
  | { parallelism: number }
  | { rate: number; period: number; parallelism?: number }
);

export type JobSpec<P extends object> = {
  /** `<feature>.<what_it_does>`, at most 60 characters. Never used again for something else: messages outlive deploys. */
  name: string;
  /** Ids and facts only: never an address, code, token, name or text of a person. Changes only add optional fields. */
  schema: z.ZodType<P>;
  /**
   * Names one piece of work, at most 150 visible ASCII characters. The same key is the same work: QStash takes it once
   * in ten minutes, and the ledger knows by it what has been done. Work that is to be done anew has to be named anew
   * (by an event's id, a due time).
   */
  key(payload: P): string;
  /** How often QStash tries again after the first attempt. Then the job is a dead letter. */
  retries: number;
  /** QStash's expression in milliseconds, e.g. `10000 * pow(3, retried)`; without it 12 s, 2.5 min, 30 min, 6 h, 24 h. */
  retryDelay?: string;
  flowControl?: FlowControl;
};

/** One delivery of a job: its key, and which slice of long work it is (0 for the first or only one). */
export type Delivery = { key: string; slice: number; position: unknown };

export type Job<P extends object = object> = JobSpec<P> & {
  /** Of sliced work: what a position in it looks like. */
  position?: z.ZodType;
  run(ctx: SystemCtx, payload: P, delivery: Delivery): Promise<void>;
};

/**
 * Declares a job: heavy or delicate work done by one QStash delivery in at most 8 s. `run` survives being run twice, at
 * once, late, and being killed half way: by nature (upsert, recount), or by the ledger (`runOnce`, `runOnceLeased`).
 * What it throws makes QStash try again. List it in src/jobs.ts.
 */
export function defineJob<P extends object>(
  job: JobSpec<P> & { run(ctx: SystemCtx, payload: P): Promise<void> },
): Job<P> {
  return job;
}

/**
 * Declares work too long for one delivery. `runChunk` does one bounded chunk (a second, a few thousand rows) from
 * `position` (undefined at the beginning) and answers how many rows it wrote and where the next chunk begins; `next:
 * undefined` ends the work. Chunks follow one another until 8 s or `maxRows` (10,000 unless given) are spent; the next
 * message then goes on. A chunk may be run again: it deletes what is left, recounts, or uses the ledger.
 */
export function defineSlicedJob<P extends object, S>(
  spec: JobSpec<P> & {
    position: z.ZodType<S>;
    maxRows?: number;
    runChunk(ctx: SystemCtx, payload: P, position: S | undefined): Promise<Chunk<S>>;
  },
): Job<P> {
  const { runChunk, maxRows, ...rest } = spec;
  const job: Job<P> = {
    ...rest,
    run: (ctx, payload, delivery) =>
      runSlice(ctx, {
        job,
        payload,
        delivery,
        maxRows,
        runChunk: (position) => runChunk(ctx, payload, position as S | undefined),
      }),
  };
  return job;
}

/** The jobs of the whole app by name (built from src/jobs.ts). */
export type Jobs = { find(name: string): Job | undefined; names: readonly string[] };

/** Throws when two jobs share a name. */
export function createJobs(list: readonly Job[]): Jobs {
  const byName = new Map(list.map((job) => [job.name, job]));
  if (byName.size !== list.length) throw new Error('two jobs share a name');
  return { find: (name) => byName.get(name), names: [...byName.keys()] };
}
