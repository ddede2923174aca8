import { and, eq, isNull, lte, or, sql } from 'drizzle-orm';
import type { Ctx } from '../../../platform/context.ts';
import { discoveryHosts } from '../../../schema/discovery.ts';

export type HostRow = typeof discoveryHosts.$inferSelect;

/** A host that only we ask now. */
export type Claim = {
  host: HostRow;
  at: Date;
  /** Until then, should nothing be heard of us any more. */
  until: Date;
};

/** How a host has taken our request. */
export type HostAnswer =
  | 'fine'
  /** Nothing was sent after all, or nothing that tells. */
  | 'unknown'
  /** It did not answer, or with an error of its own. */
  | 'failed'
  /** It wants to be left alone: for so many seconds, if it said so. */
  | { retryAfter: number | undefined };

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Longer than a request may take. */
const LEASE_SECONDS = 15;
const FAILURES_UNTIL_REST = 3;
const FIRST_REST_AFTER_FAILURES = 300;

/** The row of a host, made when it is new. */
export async function findHost({ deps }: Ctx, host: string): Promise<HostRow> {
  const [known] = await deps.db.select().from(discoveryHosts).where(eq(discoveryHosts.host, host));
  if (known) return known;
  const row = { host, nextAt: deps.clock.now(), failures: 0 };
  await deps.db.insert(discoveryHosts).ignore().values(row);
  return { ...row, openUntil: null, robotsState: null, robotsText: null, robotsReadAt: null };
}

/**
 * Takes the next turn at a host, if it is due and nobody has been there since `host` was read: one statement decides,
 * so of any number who try at once one goes. A host that has rested is tried by one, too (half-open): the others wait
 * until it is known how that went.
 */
export async function claimHost(
  { deps }: Ctx,
  host: HostRow,
  pauseSeconds: number,
): Promise<Claim | undefined> {
  const at = deps.clock.now();
  const until = after(at, Math.max(LEASE_SECONDS, pauseSeconds));
  const { rowsAffected } = await deps.db
    .update(discoveryHosts)
    .set({ nextAt: until })
    .where(
      and(
        eq(discoveryHosts.host, host.host),
        lte(discoveryHosts.nextAt, at),
        or(isNull(discoveryHosts.openUntil), lte(discoveryHosts.openUntil, at)),
        eq(discoveryHosts.failures, host.failures),
        sql`${discoveryHosts.robotsReadAt} <=> ${sql.param(host.robotsReadAt, discoveryHosts.robotsReadAt)}`,
      ),
    );
  return rowsAffected === 1 ? { host, at, until } : undefined;
}

/** When a host may be asked again, as it stands now. */
export function waitFor(host: HostRow, now: Date): { seconds: number; why: 'pace' | 'rest' } {
  const due = Math.max(host.nextAt.getTime(), host.openUntil?.getTime() ?? 0);
  return {
    seconds: Math.max(1, Math.ceil((due - now.getTime()) / 1000)),
    why: host.openUntil === null ? 'pace' : 'rest',
  };
}

/** Whether a host is at rest, or has its pause or another's request, as far as its row says. */
export function isBusy({ nextAt, openUntil }: HostRow, now: Date): boolean {
  return nextAt > now || (openUntil !== null && openUntil > now);
}

/**
 * Gives the turn back and keeps how it went. The pause counts from the beginning of the turn, once for each request of
 * it. Returns the row as it is now.
 */
export async function releaseHost(
  { deps }: Ctx,
  { host, at, until }: Claim,
  turn: { requests: number; pauseSeconds: number; answer: HostAnswer },
): Promise<HostRow> {
  const now = deps.clock.now();
  const nextAt = after(at, turn.requests * turn.pauseSeconds);
  const circuit = nextCircuit(host, turn.answer, now);
  await deps.db
    .update(discoveryHosts)
    .set({
      // A turn that took too long has been given to somebody else.
      nextAt: sql`if(${discoveryHosts.nextAt} = ${sql.param(until, discoveryHosts.nextAt)}, ${sql.param(nextAt, discoveryHosts.nextAt)}, ${discoveryHosts.nextAt})`,
      ...circuit,
    })
    .where(eq(discoveryHosts.host, host.host));
  return { ...host, nextAt, ...circuit };
}

/** The host is left alone, for an hour unless it said how long (seconds): its page turned out to be a wall. */
export async function restHost(ctx: Ctx, name: string, retryAfter?: number): Promise<void> {
  const host = await findHost(ctx, name);
  await ctx.deps.db
    .update(discoveryHosts)
    .set(nextCircuit(host, { retryAfter }, ctx.deps.clock.now()))
    .where(eq(discoveryHosts.host, name));
}

/**
 * Being asked to stay away opens the circuit at once: as long as was asked, else 1, 2, 4 … 24 hours by how often in a
 * row. Plain failures open it from the third in a row on, for 5, 10, 20 … minutes.
 */
function nextCircuit(
  { failures, openUntil }: HostRow,
  answer: HostAnswer,
  now: Date,
): Pick<HostRow, 'failures' | 'openUntil'> {
  if (answer === 'unknown') return { failures, openUntil };
  if (answer === 'fine') return { failures: 0, openUntil: null };
  if (answer !== 'failed') {
    const seconds = answer.retryAfter ?? HOUR * 2 ** Math.min(failures, 10);
    return { failures: failures + 1, openUntil: after(now, Math.min(seconds, DAY)) };
  }
  const beyond = failures + 1 - FAILURES_UNTIL_REST;
  // A probe that fails ends the half-open state.
  if (beyond < 0 && openUntil === null) return { failures: failures + 1, openUntil };
  const seconds = FIRST_REST_AFTER_FAILURES * 2 ** Math.min(Math.max(beyond, 0), 10);
  return { failures: failures + 1, openUntil: after(now, Math.min(seconds, DAY)) };
}

function after(at: Date, seconds: number): Date {
  return new Date(at.getTime() + Math.round(seconds * 1000));
}
