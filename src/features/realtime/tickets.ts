import * as z from 'zod';
import type { Deps, UserActor, UserCtx } from '../../platform/context.ts';
import { randomToken, sha256 } from '../../platform/crypto.ts';
import { AppError } from '../../platform/errors.ts';

/** Seconds. */
export const TICKET_SECONDS = 30;

const Holder = z.object({ userId: z.string(), sessionId: z.string() });

async function keyOf(ticket: string): Promise<string> {
  return `ticket:${await sha256(ticket)}`;
}

/** A way in for a browser, whose WebSocket cannot carry headers: for one use within {@link TICKET_SECONDS}. */
export async function issueTicket({ deps, actor }: UserCtx): Promise<{ ticket: string; expiresAt: Date }> {
  const ticket = randomToken();
  const { userId, sessionId } = actor;
  await deps.cache.set(await keyOf(ticket), JSON.stringify({ userId, sessionId }), { ex: TICKET_SECONDS });
  return { ticket, expiresAt: new Date(deps.clock.now().getTime() + TICKET_SECONDS * 1000) };
}

/** Whose ticket it is; it is spent with that. Throws `unauthenticated`. */
export async function redeemTicket({ cache }: Deps, ticket: string): Promise<UserActor> {
  const holder = await cache.getdel<string>(await keyOf(ticket));
  if (holder === null) throw new AppError('unauthenticated');
  return { kind: 'user', ...Holder.parse(JSON.parse(holder)) };
}
