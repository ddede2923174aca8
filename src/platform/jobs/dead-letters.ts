import { deadLetters } from '../../schema/engine-room.ts';
import type { Ctx } from '../context.ts';
import type { Envelope } from './envelope.ts';

/** The name of a letter whose message was no envelope of ours. */
export const UNREADABLE = 'unreadable';

export type DeadLetterInput = {
  kind: 'job' | 'event';
  name: string;
  key: string;
  source: string;
  payload: object;
  slice?: { number: number; position: unknown } | undefined;
  /** An error's class or code, never its message: that could hold personal data. */
  error: string;
  attempts: number;
};

/** Keeps what has failed for good, until staff replay or drop it. Telling the same end twice keeps one letter. */
export async function writeDeadLetters(ctx: Ctx, letters: readonly DeadLetterInput[]): Promise<void> {
  if (letters.length === 0) return;
  const { db, ids, clock, log } = ctx.deps;
  const createdAt = clock.now();
  await db
    .insert(deadLetters)
    .ignore()
    .values(
      letters.map(({ error, ...letter }) => ({
        ...letter,
        id: ids.next(),
        error: error.slice(0, 200),
        state: 'open' as const,
        createdAt,
      })),
    );
  for (const { kind, name, key, error, attempts } of letters) {
    log.error('dead letter', { kind, name, key, error, attempts });
  }
}

/** The letter of a QStash message: its envelope, or the body itself when it is none of ours. */
export function letterOfMessage(
  message: { messageId: string; body: string; attempts: number; error: string },
  envelope: Envelope | undefined,
): DeadLetterInput {
  const { messageId, body, attempts, error } = message;
  const source = `message:${messageId}`.slice(0, 190);
  if (!envelope) {
    const payload = { body: body.slice(0, 2000) };
    return { kind: 'job', name: UNREADABLE, key: messageId.slice(0, 190), source, payload, error, attempts };
  }
  const { name, key, payload, slice } = envelope;
  return { kind: 'job', name, key, source, payload, slice, error, attempts };
}
