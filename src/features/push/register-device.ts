import { and, eq, inArray, ne } from 'drizzle-orm';
import type { Deps, UserCtx } from '../../platform/context.ts';
import { sha256 } from '../../platform/crypto.ts';
import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { pushDevices } from '../../schema/notifications.ts';

type Device = { token: string; platform: 'ios' | 'android' | 'web'; language: 'ko' | 'en' };

/**
 * The device of this log-in takes pushes from now on. A token that stood with another account or log-in moves here; a
 * log-in has one token, the newest. Once more changes nothing but when it was last seen.
 */
export async function registerDevice(ctx: UserCtx, device: Device): Promise<void> {
  const { deps, actor } = ctx;
  const tokenHash = await sha256(device.token);
  const row = {
    ...device,
    userId: actor.userId,
    sessionId: actor.sessionId,
    lastSeenAt: deps.clock.now(),
  };
  await tryAgainWhenLost(ctx, () =>
    deps.db
      .insert(pushDevices)
      .values({ ...row, id: deps.ids.next(), tokenHash })
      .onDuplicateKeyUpdate({ set: row }),
  );
  await deps.db
    .delete(pushDevices)
    .where(and(eq(pushDevices.sessionId, actor.sessionId), ne(pushDevices.tokenHash, tokenHash)));
}

/** The device of this log-in takes no pushes any more. */
export async function dropDevice({ deps, actor }: UserCtx): Promise<void> {
  await dropDevicesOfSessions(deps, [actor.sessionId]);
}

export async function dropDevicesOfSessions({ db }: Deps, sessionIds: readonly string[]): Promise<void> {
  if (sessionIds.length === 0) return;
  await db.delete(pushDevices).where(inArray(pushDevices.sessionId, [...sessionIds]));
}
