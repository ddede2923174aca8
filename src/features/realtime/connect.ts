import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Ctx, Deps, UserActor, UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { sessions } from '../../schema/accounts.ts';
import { redeemTicket } from './tickets.ts';

function requireUpgrade(request: Request): void {
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    throw new AppError('upgrade_required', { headers: { upgrade: 'websocket' } });
  }
}

async function connect(deps: Deps, { userId, sessionId }: UserActor): Promise<Response> {
  const { status, webSocket } = await deps.realtime.connect(userId, sessionId);
  // A response of one's own: those of other objects take no headers.
  return new Response(null, { status, webSocket });
}

/** Opens a socket for an app. Throws `upgrade_required`. */
export async function connectApp({ deps, actor }: UserCtx, request: Request): Promise<Response> {
  requireUpgrade(request);
  return connect(deps, actor);
}

/**
 * Opens a socket for a page, which must be one of ours: browsers hold WebSockets to no CORS. Throws `upgrade_required`,
 * `forbidden` for a foreign page and `unauthenticated` for a ticket that is spent or over.
 */
export async function connectBrowser({ deps }: Ctx, request: Request, ticket: string): Promise<Response> {
  requireUpgrade(request);
  const origin = request.headers.get('origin');
  const { corsOrigins } = deps.config;
  const isOurs = corsOrigins.includes('*') || (origin !== null && corsOrigins.includes(origin));
  if (!isOurs) throw new AppError('forbidden');
  return connect(deps, await redeemTicket(deps, ticket));
}

/** Whether a log-in still stands: asked once a socket is open, so that one ended in that moment is not missed. */
export async function isSessionAlive({ db, clock }: Deps, sessionId: string): Promise<boolean> {
  const rows = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt), gt(sessions.expiresAt, clock.now())));
  return rows.length > 0;
}
