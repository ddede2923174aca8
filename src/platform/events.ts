import type * as z from 'zod';
import type { SystemCtx } from './context.ts';

/** Something that happened: a name, and the schema of its payload, which carries ids and nothing personal. */
export type EventType<P extends object = object> = { name: string; schema: z.ZodType<P> };

/** An event as it stands in the outbox. */
export type Event<P extends object = object> = { id: string; name: string; payload: P; at: Date };

/** What follows from events elsewhere. Takes a list; survives running twice, late, and being killed half way. */
export type Reaction = {
  name: string;
  on: readonly EventType<never>[];
  run(ctx: SystemCtx, events: Event[]): Promise<void>;
};

/** Declares an event. The feature that causes it exports it; docs/events.md lists it. */
export function defineEvent<P extends object>(name: string, schema: z.ZodType<P>): EventType<P> {
  return { name, schema };
}

/** Declares a reaction to one or several kinds of event that share a payload shape. */
export function defineReaction<P extends object>(reaction: {
  name: string;
  on: readonly EventType<P>[];
  run(ctx: SystemCtx, events: Event<P>[]): Promise<void>;
}): Reaction {
  return reaction as unknown as Reaction;
}
