import type { SystemCtx } from '../context.ts';
import { AppError } from '../errors.ts';
import { describeError } from '../log.ts';
import { letterOfMessage, writeDeadLetters } from './dead-letters.ts';
import { readEnvelope, type Envelope } from './envelope.ts';
import type { Job } from './job.ts';
import { JobBusy } from './ledger.ts';

/** A delivery whose signature has been verified. */
export type IncomingMessage = {
  body: string;
  messageId: string;
  /** How often it has been tried before. */
  retried: number;
};

/** Tells QStash that trying again is of no use (https://upstash.com/docs/qstash/features/retry). */
const NON_RETRYABLE = { 'upstash-nonretryable-error': 'true' };
const BUSY_RETRY_SECONDS = 15;

/**
 * Runs the job of one delivery. Throws `job_refused` (489: no more retries) for what no retry can mend and for a last
 * attempt that failed, each with its dead letter; `unavailable` or `internal` when QStash is to try again.
 */
export async function receiveMessage(ctx: SystemCtx, message: IncomingMessage): Promise<void> {
  const envelope = readEnvelope(message.body);
  const job = envelope && ctx.deps.jobs.find(envelope.name);
  if (!envelope) return refuse(ctx, message, undefined, 'invalid_envelope');
  if (!job) return refuse(ctx, message, envelope, 'unknown_job');
  const payload = job.schema.safeParse(envelope.payload);
  const isPositionFine = !envelope.slice || job.position?.safeParse(envelope.slice.position).success;
  if (!payload.success || !isPositionFine) return refuse(ctx, message, envelope, 'invalid_payload');
  await runJob(ctx, job, payload.data, envelope, message);
}

async function runJob(
  ctx: SystemCtx,
  job: Job,
  payload: object,
  envelope: Envelope,
  message: IncomingMessage,
): Promise<void> {
  const fields = {
    job: job.name,
    key: envelope.key,
    slice: envelope.slice?.number,
    attempt: message.retried + 1,
  };
  const startedAt = ctx.deps.clock.now().getTime();
  const delivery = {
    key: envelope.key,
    slice: envelope.slice?.number ?? 0,
    position: envelope.slice?.position,
  };
  try {
    await job.run(ctx, payload, delivery);
    ctx.deps.log.info('job done', { ...fields, ms: ctx.deps.clock.now().getTime() - startedAt });
  } catch (error) {
    if (error instanceof JobBusy) {
      ctx.deps.log.info('job busy', fields);
      throw new AppError('unavailable', { retryAfter: BUSY_RETRY_SECONDS });
    }
    ctx.deps.log.error('job failed', { ...fields, ...describeError(error) });
    if (message.retried >= job.retries) return refuse(ctx, message, envelope, nameOf(error));
    throw retryable(error);
  }
}

async function refuse(
  ctx: SystemCtx,
  message: IncomingMessage,
  envelope: Envelope | undefined,
  error: string,
): Promise<never> {
  const { messageId, body, retried } = message;
  await writeDeadLetters(ctx, [letterOfMessage({ messageId, body, attempts: retried + 1, error }, envelope)]);
  throw new AppError('job_refused', { headers: NON_RETRYABLE });
}

/** A job that knows when to come again (`retryAfter`) is heard; QStash honours it up to a day. */
function retryable(error: unknown): AppError {
  if (error instanceof AppError && error.retryAfter !== undefined) {
    return new AppError('unavailable', { retryAfter: error.retryAfter, cause: error });
  }
  return new AppError('internal', { cause: error });
}

/** What may be kept of an error: its code or its class. */
export function nameOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
