import type { SystemCtx } from '../context.ts';
import { sha256 } from '../crypto.ts';
import { Envelope } from './envelope.ts';
import type { Job } from './job.ts';
import type { JobMessage } from './queue.ts';

/** Messages in one call to QStash. */
const BATCH = 100;

type Options = {
  /** Seconds until it is delivered; at most a year. */
  delaySeconds?: number;
  /** Sets a second sending of the same work apart, so that QStash does not take it for a repeat. */
  occasion?: string;
};

/**
 * Hands jobs to QStash, one message a payload. For reactions, schedules and jobs only: QStash is 200 ms away, and what a
 * request publishes is lost when it dies. Throws when QStash does not take them all; publishing again does no harm.
 */
export async function enqueue<P extends object>(
  ctx: SystemCtx,
  job: Job<P>,
  payloads: readonly P[],
  options: Options = {},
): Promise<void> {
  const envelopes = payloads.map((payload) => ({
    key: job.key(payload),
    payload: job.schema.parse(payload),
  }));
  await publishEnvelopes(ctx, job, envelopes, options);
}

/** One job as a message, for commands that have a queue and no app. */
export function messageOf<P extends object>(job: Job<P>, payload: P): Promise<JobMessage> {
  const envelope = { v: 1, name: job.name, key: job.key(payload), payload: job.schema.parse(payload) };
  return toMessage(job, Envelope.parse(envelope), {});
}

/** The same for envelopes that stand already: the next slice of long work, a dead letter sent again. */
export async function publishEnvelopes<P extends object>(
  ctx: SystemCtx,
  job: Job<P>,
  envelopes: readonly { key: string; payload: object; slice?: Envelope['slice'] }[],
  options: Options,
): Promise<void> {
  const messages = await Promise.all(
    envelopes.map((envelope) =>
      toMessage(job, Envelope.parse({ v: 1, name: job.name, ...envelope }), options),
    ),
  );
  for (let start = 0; start < messages.length; start += BATCH) {
    await ctx.deps.queue.publish(messages.slice(start, start + BATCH));
  }
}

async function toMessage<P extends object>(
  job: Job<P>,
  envelope: Envelope,
  { delaySeconds, occasion = '' }: Options,
): Promise<JobMessage> {
  const identity = [envelope.name, envelope.key, envelope.slice?.number ?? 0, occasion].join('\n');
  return {
    name: job.name,
    body: JSON.stringify(envelope),
    deduplicationId: await sha256(identity),
    retries: job.retries,
    ...(job.retryDelay !== undefined && { retryDelay: job.retryDelay }),
    ...(job.flowControl && { flowControl: job.flowControl }),
    ...(delaySeconds !== undefined && { delaySeconds }),
  };
}
