import { and, desc, eq, gt, isNull, inArray } from 'drizzle-orm';
import type { Context } from 'hono';
import { CacheUnavailable } from '../../platform/cache.ts';
import type { Ctx, Deps, UserActor, UserCtx } from '../../platform/context.ts';
import { randomToken, sha256 } from '../../platform/crypto.ts';
import type { Queryable } from '../../platform/db/client.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import type { AppContext } from '../../platform/http/app-context.ts';
import { describeError } from '../../platform/log.ts';
import { sessions, users } from '../../schema/accounts.ts';
import { sessionsEnded } from './events.ts';

const LIFETIME_MS = 90 * 86_400_000;
/** How stale "last used" may be before it is written again. */
const TOUCH_EVERY_MS = 3600_000;
/** A cached session is believed this long (seconds); an ended one is remembered longer than any refill can take. */
const CACHED_SECONDS = 300;
const TOMBSTONE_SECONDS = 900;
const TOMBSTONE = 'ended';
const TOKEN = /^(?:Bearer|Token) ([\w-]{43})$/i;

/** What a log-in leaves behind besides the token: where it came from, for the list of devices. */
export type LogInOrigin = { device: string; place: string; network: string };

type CachedSession = { sessionId: string; userId: string; expiresAt: number };

/** Opens a session inside the caller's transaction. The token is in the answer alone; its SHA-256 is stored. */
export async function openSession(
  ctx: Ctx,
  tx: Tx,
  userId: string,
  origin: LogInOrigin,
): Promise<{ token: string; sessionId: string; expiresAt: Date }> {
  const now = ctx.deps.clock.now();
  const token = randomToken();
  const sessionId = ctx.deps.ids.next();
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  await tx.db.insert(sessions).values({
    id: sessionId,
    tokenHash: await sha256(token),
    userId,
    device: origin.device,
    place: origin.place,
    createdAt: now,
    lastUsedAt: now,
    expiresAt,
  });
  return { token, sessionId, expiresAt };
}

/**
 * Who holds the bearer token. Redis first, MySQL when it does not know or does not answer. A refill is SET NX, so it
 * cannot overwrite the tombstone of a session that ended meanwhile. Throws `unauthenticated`.
 */
export async function authenticateSession(c: Context<AppContext>): Promise<UserActor> {
  const token = TOKEN.exec(c.req.header('authorization') ?? '')?.[1];
  if (!token) throw new AppError('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } });
  const deps = c.get('deps');
  const tokenHash = await sha256(token);
  const cached = await readCache(deps, tokenHash);
  if (cached === TOMBSTONE) throw new AppError('unauthenticated');
  const session = cached ? (JSON.parse(cached) as CachedSession) : await readTruth(deps, tokenHash);
  if (!session || session.expiresAt <= deps.clock.now().getTime()) throw new AppError('unauthenticated');
  return { kind: 'user', userId: session.userId, sessionId: session.sessionId };
}

async function readCache(deps: Deps, tokenHash: string): Promise<string | null> {
  try {
    return await deps.cache.get<string>(cacheKey(tokenHash));
  } catch (error) {
    if (!(error instanceof CacheUnavailable)) throw error;
    deps.log.warn('session read without Redis', describeError(error));
    return null;
  }
}

async function readTruth(deps: Deps, tokenHash: string): Promise<CachedSession | undefined> {
  const now = deps.clock.now();
  const [row] = await deps.db
    .select({
      sessionId: sessions.id,
      userId: sessions.userId,
      expiresAt: sessions.expiresAt,
      lastUsedAt: sessions.lastUsedAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.tokenHash, tokenHash),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, now),
        isNull(users.leftAt),
        isNull(users.suspendedAt),
      ),
    );
  if (!row) return undefined;
  const isStale = now.getTime() - row.lastUsedAt.getTime() > TOUCH_EVERY_MS;
  const expiresAt = isStale ? new Date(now.getTime() + LIFETIME_MS) : row.expiresAt;
  const session = { sessionId: row.sessionId, userId: row.userId, expiresAt: expiresAt.getTime() };
  deps.afterAnswer(refill(deps, tokenHash, session));
  if (isStale) {
    const touch = deps.db
      .update(sessions)
      .set({ lastUsedAt: now, expiresAt })
      .where(and(eq(sessions.id, row.sessionId), isNull(sessions.endedAt)));
    deps.afterAnswer(Promise.resolve(touch));
  }
  return session;
}

async function refill(deps: Deps, tokenHash: string, session: CachedSession): Promise<void> {
  try {
    await deps.cache.set(cacheKey(tokenHash), JSON.stringify(session), { nx: true, ex: CACHED_SECONDS });
  } catch (error) {
    deps.log.warn('session not cached', describeError(error));
  }
}

/** The log-ins that are alive, latest use first. */
export function listSessions(ctx: UserCtx) {
  return ctx.deps.db
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, ctx.actor.userId),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, ctx.deps.clock.now()),
      ),
    )
    .orderBy(desc(sessions.lastUsedAt), desc(sessions.id))
    .limit(100);
}

/** Ends one session of mine, at once everywhere. One that is not mine, or is over already, is `not_found`. */
export async function endSession(ctx: UserCtx, sessionId: string): Promise<void> {
  const ended = await inTransaction(ctx, (tx) =>
    endSessionsOf(ctx, tx, ctx.actor.userId, { only: sessionId }),
  );
  if (ended.length === 0) throw new AppError('not_found');
  await buryNow(ctx.deps, ended);
}

type EndedSession = { id: string; tokenHash: string };

/** Ends sessions of a person inside the caller's transaction; {@link buryNow} after COMMIT makes it felt at once. */
export async function endSessionsOf(
  ctx: Ctx,
  tx: Tx,
  userId: string,
  which: { only?: string; except?: string },
): Promise<EndedSession[]> {
  const alive = await tx.db
    .select({ id: sessions.id, tokenHash: sessions.tokenHash })
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, userId),
        isNull(sessions.endedAt),
        which.only ? eq(sessions.id, which.only) : undefined,
      ),
    )
    .for('update');
  const ended = alive.filter(({ id }) => id !== which.except);
  if (ended.length === 0) return [];
  const ids = ended.map(({ id }) => id);
  await tx.db.update(sessions).set({ endedAt: ctx.deps.clock.now() }).where(inArray(sessions.id, ids));
  tx.emit(sessionsEnded, { userId, sessionIds: ids });
  return ended;
}

/**
 * Writes the tombstones that keep racing refills out. When Redis does not answer, the reaction to `sessions.ended`
 * tries again until it does.
 */
export async function buryNow(deps: Deps, ended: readonly EndedSession[]): Promise<void> {
  try {
    await bury(deps, ended);
  } catch (error) {
    if (!(error instanceof CacheUnavailable)) throw error;
    deps.log.warn('tombstones left to the reaction', describeError(error));
  }
}

export async function bury(deps: Deps, ended: readonly EndedSession[]): Promise<void> {
  if (ended.length === 0) return;
  const pipeline = deps.cache.pipeline();
  for (const { tokenHash } of ended) pipeline.set(cacheKey(tokenHash), TOMBSTONE, { ex: TOMBSTONE_SECONDS });
  await pipeline.exec();
}

/** Token hashes of sessions, for the reaction that buries them. */
export function findSessions(db: Queryable, sessionIds: string[]): Promise<EndedSession[]> {
  return db
    .select({ id: sessions.id, tokenHash: sessions.tokenHash })
    .from(sessions)
    .where(inArray(sessions.id, sessionIds));
}

function cacheKey(tokenHash: string): string {
  return `session:${tokenHash}`;
}
