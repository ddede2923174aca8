import { and, eq, inArray } from 'drizzle-orm';
import { outbox } from '../schema/engine-room.ts';
import type { Ctx, SystemCtx } from './context.ts';
import { randomToken } from './crypto.ts';
import type { Queryable } from './db/client.ts';
import type { Event, EventType, Reaction } from './events.ts';
import { writeDeadLetters } from './jobs/dead-letters.ts';
import { describeError } from './log.ts';

/** How long an isolate may take over events it has just written or claimed before others take them up (milliseconds). */
export const CLAIM_LEASE_MS = 60_000;
/** Then what still fails is a dead letter. */
export const MAX_ATTEMPTS = 8;
/** Suspect events go one by one; those that would begin later than this stay for a later sweep (milliseconds). */
const RETRY_PATIENCE_MS = 20_000;

/** The reactions of the whole app, by event (built from src/events.ts). */
export type Reactions = {
  /** Whether anything reacts to this event; one that nobody hears is not written. */
  isHeard(eventName: string): boolean;
  /** Every reaction. */
  names: readonly string[];
  /** Names of the reactions to one event. */
  namesFor(eventName: string): readonly string[];
  /** Runs every reaction to events held under `claim`; those that fail stay in the outbox for the sweep. */
  run(ctx: Ctx, events: ClaimedEvent[], claim: string): Promise<void>;
};

export type ClaimedEvent = Event & {
  /** Claims so far, this one included. */
  attempts: number;
  /** Names of the reactions still to run; undefined: all. */
  remaining: string[] | undefined;
};

/** A reaction that failed at its `attempts`-th try is tried again after 10 s · 3^(attempts - 1), at most 6 h apart. */
export function backOffMs(attempts: number): number {
  return Math.min(10_000 * 3 ** (attempts - 1), 6 * 3600_000);
}

/** Names of failed reactions and why, by event id. */
type Failures = Map<string, Map<string, string>>;

/** Throws when two reactions share a name. */
export function createReactions(list: readonly Reaction[]): Reactions {
  const byEvent = new Map<string, Reaction[]>();
  for (const reaction of list) {
    for (const type of reaction.on) byEvent.set(type.name, [...(byEvent.get(type.name) ?? []), reaction]);
  }
  if (new Set(list.map(({ name }) => name)).size !== list.length)
    throw new Error('two reactions share a name');

  function batchesOf(events: ClaimedEvent[]): { reaction: Reaction; batch: ClaimedEvent[] }[] {
    return list.flatMap((reaction) => {
      const mine = events.filter(
        (event) =>
          byEvent.get(event.name)?.includes(reaction) &&
          (!event.remaining || event.remaining.includes(reaction.name)),
      );
      const fresh = mine.filter((event) => !isSuspect(event));
      const suspects = mine.filter(isSuspect).map((event) => [event]);
      return [...(fresh.length > 0 ? [fresh] : []), ...suspects].map((batch) => ({ reaction, batch }));
    });
  }

  /** Runs each reaction with its events. */
  async function runAll(ctx: SystemCtx, events: ClaimedEvent[]): Promise<Failures> {
    const failures: Failures = new Map();
    const deadline = ctx.deps.clock.now().getTime() + RETRY_PATIENCE_MS;
    for (const { reaction, batch } of batchesOf(events)) {
      const error = await attempt(ctx, reaction, batch, deadline);
      if (error === undefined) continue;
      for (const event of batch) {
        failures.set(
          event.id,
          (failures.get(event.id) ?? new Map<string, string>()).set(reaction.name, error),
        );
      }
    }
    return failures;
  }

  return {
    isHeard: (eventName) => byEvent.has(eventName),
    names: list.map(({ name }) => name),
    namesFor: (eventName) => (byEvent.get(eventName) ?? []).map(({ name }) => name),
    async run(ctx, events, claim) {
      if (events.length === 0) return;
      const system: SystemCtx = { ...ctx, actor: { kind: 'system' } };
      const failures = await runAll(system, events);
      const done = events.filter((event) => !failures.has(event.id)).map(({ id }) => id);
      if (done.length > 0) await release(system, done, claim);
      await keepFailed(
        system,
        events.filter((event) => failures.has(event.id)),
        failures,
        claim,
      );
    },
  };
}

/** Failed before, or twice left by isolates that died: it goes alone, so as not to keep failing the list it came with. */
function isSuspect({ remaining, attempts }: ClaimedEvent): boolean {
  return remaining !== undefined || attempts > 2;
}

/** Runs one reaction; answers the name of its error. */
async function attempt(
  ctx: SystemCtx,
  reaction: Reaction,
  batch: ClaimedEvent[],
  deadline: number,
): Promise<string | undefined> {
  if (batch.some(isSuspect) && ctx.deps.clock.now().getTime() >= deadline) return 'not_reached';
  try {
    await reaction.run(ctx, batch);
    return undefined;
  } catch (error) {
    const fields = { reaction: reaction.name, events: batch.length, attempt: batch[0]?.attempts };
    ctx.deps.log.error('reaction failed', { ...fields, ...describeError(error) });
    return error instanceof Error ? error.name : typeof error;
  }
}

/** Lets go for good of events held under `claim`. */
export async function release(ctx: SystemCtx, ids: string[], claim: string): Promise<void> {
  await ctx.deps.db.delete(outbox).where(and(inArray(outbox.id, ids), eq(outbox.claim, claim)));
}

/** What failed waits for its next try, or has become a dead letter. One statement for all that failed alike. */
async function keepFailed(
  ctx: SystemCtx,
  events: ClaimedEvent[],
  failures: Failures,
  claim: string,
): Promise<void> {
  const spent = events.filter(({ attempts }) => attempts >= MAX_ATTEMPTS);
  if (spent.length > 0) {
    await buryEvents(ctx, spent, (event) => failures.get(event.id) ?? new Map());
    await release(
      ctx,
      spent.map(({ id }) => id),
      claim,
    );
  }
  const again = events.filter(({ attempts }) => attempts < MAX_ATTEMPTS);
  const alike = Map.groupBy(again, ({ id, attempts }) =>
    JSON.stringify([attempts, [...(failures.get(id)?.keys() ?? [])]]),
  );
  for (const [key, group] of alike) {
    const [attempts, remaining] = JSON.parse(key) as [number, string[]];
    const availableAt = new Date(ctx.deps.clock.now().getTime() + backOffMs(attempts));
    const ids = group.map(({ id }) => id);
    await ctx.deps.db
      .update(outbox)
      .set({ remaining, claim: null, availableAt })
      .where(and(inArray(outbox.id, ids), eq(outbox.claim, claim)));
  }
}

/** Dead letters for events, one a reaction; `failuresOf` names the reactions and why each failed. */
export async function buryEvents(
  ctx: SystemCtx,
  events: ClaimedEvent[],
  failuresOf: (event: ClaimedEvent) => Map<string, string>,
): Promise<void> {
  const letters = events.flatMap((event) =>
    [...failuresOf(event)].map(([reaction, error]) => ({
      kind: 'event' as const,
      name: event.name,
      key: reaction,
      source: `event:${event.id}:${reaction}`,
      payload: event.payload,
      error,
      attempts: event.attempts,
    })),
  );
  await writeDeadLetters(ctx, letters);
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
        attempts: 1,
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
          attempts: event.attempts,
        })),
      );
    },
    /** After COMMIT: the reactions run once the answer is out. */
    release(): void {
      if (events.length === 0) return;
      // A task of its own: the answer goes out first, and what it cost is counted without its consequences.
      const answered = new Promise<void>((resolve) => {
        setTimeout(resolve, 0);
      });
      ctx.deps.afterAnswer(answered.then(() => ctx.deps.reactions.run(ctx, events, claim)));
    },
  };
}
