import type { Ctx } from './context.ts';
import type { Event, EventType, Reaction } from './events.ts';
import { describeError } from './log.ts';
import { outbox } from '../schema/engine-room.ts';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from './db/client.ts';
import { randomToken } from './crypto.ts';

/** How long an isolate may take over events it has just written or claimed before others take them up (milliseconds). */
export const CLAIM_LEASE_MS = 60_000;

/** The reactions of the whole app, by event (built from src/events.ts). */
export type Reactions = {
  /** Whether anything reacts to this event; one that nobody hears is not written. */
  isHeard(eventName: string): boolean;
  /** Runs every reaction to events held under `claim`; those that fail stay in the outbox for the sweep. */
  run(ctx: Ctx, events: ClaimedEvent[], claim: string): Promise<void>;
};

export type ClaimedEvent = Event & {
  attempts: number;
  /** Names of the reactions still to run; undefined: all. */
  remaining: string[] | undefined;
};

/** A failed reaction is tried again after 10 s · 3^attempts, at most 6 h apart. */
export function backOffMs(attempts: number): number {
  return Math.min(10_000 * 3 ** attempts, 6 * 3600_000);
}

export function createReactions(list: readonly Reaction[]): Reactions {
  const byEvent = new Map<string, Reaction[]>();
  for (const reaction of list) {
    for (const type of reaction.on) byEvent.set(type.name, [...(byEvent.get(type.name) ?? []), reaction]);
  }

  /** Runs each reaction once with all its events; answers the names that failed, by event id. */
  async function runAll(ctx: Ctx, events: ClaimedEvent[]): Promise<Map<string, string[]>> {
    const batches = new Map<Reaction, ClaimedEvent[]>();
    for (const event of events) {
      for (const reaction of byEvent.get(event.name) ?? []) {
        if (event.remaining && !event.remaining.includes(reaction.name)) continue;
        batches.set(reaction, [...(batches.get(reaction) ?? []), event]);
      }
    }
    const failed = new Map<string, string[]>();
    for (const [reaction, batch] of batches) {
      try {
        await reaction.run(ctx, batch);
      } catch (error) {
        ctx.deps.log.error('reaction failed', {
          reaction: reaction.name,
          events: batch.length,
          ...describeError(error),
        });
        for (const event of batch) failed.set(event.id, [...(failed.get(event.id) ?? []), reaction.name]);
      }
    }
    return failed;
  }

  return {
    isHeard: (eventName) => byEvent.has(eventName),
    async run(ctx, events, claim) {
      if (events.length === 0) return;
      const failed = await runAll(ctx, events);
      const done = events.filter((event) => !failed.has(event.id)).map((event) => event.id);
      const { db, clock } = ctx.deps;
      if (done.length > 0) {
        await db.delete(outbox).where(and(inArray(outbox.id, done), eq(outbox.claim, claim)));
      }
      for (const event of events) {
        const remaining = failed.get(event.id);
        if (!remaining) continue;
        await db
          .update(outbox)
          .set({
            remaining,
            claim: null,
            attempts: sql`${outbox.attempts} + 1`,
            availableAt: new Date(clock.now().getTime() + backOffMs(event.attempts)),
          })
          .where(and(eq(outbox.id, event.id), eq(outbox.claim, claim)));
      }
    },
  };
}

/** Collects the events of one transaction and writes them, already claimed by this isolate, before its COMMIT. */
export function createEventBuffer(ctx: Ctx) {
  const claim = randomToken().slice(0, 22);
  const events: ClaimedEvent[] = [];
  return {
    emit<P extends object>(type: EventType<P>, payload: P): void {
      if (!ctx.deps.reactions.isHeard(type.name)) return;
      events.push({
        id: ctx.deps.ids.next(),
        name: type.name,
        payload,
        at: ctx.deps.clock.now(),
        attempts: 0,
        remaining: undefined,
      });
    },
    async write(db: Queryable): Promise<void> {
      if (events.length === 0) return;
      const availableAt = new Date(ctx.deps.clock.now().getTime() + CLAIM_LEASE_MS);
      await db.insert(outbox).values(
        events.map((event) => ({
          id: event.id,
          name: event.name,
          payload: event.payload,
          createdAt: event.at,
          availableAt,
          claim,
          attempts: 0,
        })),
      );
    },
    /** After COMMIT: the reactions run once the answer is out. */
    release(): void {
      if (events.length > 0) ctx.deps.afterAnswer(ctx.deps.reactions.run(ctx, events, claim));
    },
  };
}
