/** What follows from an attempt: done, again later, or given up. */
import { compileRetryDelay } from './retry-delay.ts';
import { parseDuration } from './duration.ts';
import type { Answer, Message } from './types.ts';

export type Outcome = { kind: 'delivered' } | { kind: 'failed' } | { kind: 'retry'; delayMs: number };

const DAY_MS = 86_400_000;

/** Response headers that say when to come back, in the order they are looked at. */
const WAIT_HEADERS = [
  'retry-after',
  'x-ratelimit-reset',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
] as const;

export function decideOutcome(
  message: Pick<Message, 'retried' | 'settings'>,
  answer: Pick<Answer, 'status' | 'headers'>,
  now: number,
): Outcome {
  const { retried, settings } = message;
  if (answer.status >= 200 && answer.status < 300) return { kind: 'delivered' };
  if (isNonRetryable(answer) || retried >= settings.maxRetries) return { kind: 'failed' };
  const asked = readWait(answer, now);
  if (asked !== undefined && asked <= DAY_MS) return { kind: 'retry', delayMs: asked };
  return { kind: 'retry', delayMs: computeDelay(settings.retryDelay, retried) };
}

/** 12 s, 2 min 28 s, 30 min 8 s, 6 h 7 min 6 s, 24 h …, or what the message's own expression says, a day at most. */
export function computeDelay(expression: string | undefined, retried: number): number {
  const own = expression === undefined ? Number.NaN : compileRetryDelay(expression)(retried);
  if (!Number.isNaN(own)) return Math.min(DAY_MS, Math.max(0, Math.round(own)));
  return Math.min(DAY_MS, Math.floor(Math.exp(2.5 * (retried + 1))) * 1000);
}

function isNonRetryable({ status, headers }: Pick<Answer, 'status' | 'headers'>): boolean {
  return status === 489 && headers['upstash-nonretryable-error']?.[0] === 'true';
}

function readWait({ headers }: Pick<Answer, 'headers'>, now: number): number | undefined {
  for (const name of WAIT_HEADERS) {
    const text = headers[name]?.[0]?.trim();
    if (!text) continue;
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
    const duration = parseDuration(text);
    if (duration !== undefined) return duration;
    const date = Date.parse(text);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  return undefined;
}
