import { and, eq, gt, inArray, isNull } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { sha256 } from '../../platform/crypto.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { sessions } from '../../schema/accounts.ts';
import { pushDevices, pushSends } from '../../schema/notifications.ts';
import { PUSHES_A_JOB, sendPushes, type Push } from './jobs.ts';
import type { PushKind } from './schemas.ts';

export type WantedPush = {
  userId: string;
  kind: PushKind;
  /** Names the occasion: what has the same key reaches a device once, ever. At most 90 characters. */
  key: string;
  /** What opens the right screen. */
  ids: Record<string, string>;
};

const PEOPLE_AT_ONCE = 500;

/**
 * Has people's devices told, by jobs of at most 100 pushes. Does nothing where push is not set up. What the list in the
 * app says does not depend on it.
 */
export async function requestPushes(ctx: SystemCtx, wanted: readonly WantedPush[]): Promise<void> {
  if (!ctx.deps.push || wanted.length === 0) return;
  const pushes = await addressPushes(ctx, wanted);
  const at = ctx.deps.clock.now().toISOString();
  const payloads = [];
  for (let start = 0; start < pushes.length; start += PUSHES_A_JOB) {
    const chunk = pushes.slice(start, start + PUSHES_A_JOB);
    const batch = await sha256(chunk.map(({ deviceId, key }) => `${deviceId} ${key}`).join('\n'));
    payloads.push({ batch, at, pushes: chunk });
  }
  await enqueue(ctx, sendPushes, payloads);
}

/** One push a device, those that went out already left away: likes of one thing would fill the queue. */
async function addressPushes(ctx: SystemCtx, wanted: readonly WantedPush[]): Promise<Push[]> {
  const { db, clock } = ctx.deps;
  const people = [...new Set(wanted.map(({ userId }) => userId))];
  const pushes: Push[] = [];
  for (let start = 0; start < people.length; start += PEOPLE_AT_ONCE) {
    const group = people.slice(start, start + PEOPLE_AT_ONCE);
    const devices = await db
      .select({ id: pushDevices.id, userId: pushDevices.userId })
      .from(pushDevices)
      .innerJoin(sessions, eq(sessions.id, pushDevices.sessionId))
      .where(
        and(
          inArray(pushDevices.userId, group),
          isNull(sessions.endedAt),
          gt(sessions.expiresAt, clock.now()),
        ),
      );
    const byPerson = Map.groupBy(devices, ({ userId }) => userId);
    for (const { userId, ...push } of wanted) {
      for (const device of byPerson.get(userId) ?? []) pushes.push({ ...push, userId, deviceId: device.id });
    }
  }
  return withoutSent(ctx, uniquePushes(pushes));
}

function uniquePushes(pushes: Push[]): Push[] {
  return [...new Map(pushes.map((push) => [`${push.deviceId} ${push.key}`, push])).values()];
}

async function withoutSent({ deps }: SystemCtx, pushes: Push[]): Promise<Push[]> {
  if (pushes.length === 0) return [];
  const sent = await deps.db
    .select({ deviceId: pushSends.deviceId, key: pushSends.key })
    .from(pushSends)
    .where(
      and(
        inArray(pushSends.deviceId, [...new Set(pushes.map(({ deviceId }) => deviceId))]),
        inArray(pushSends.key, [...new Set(pushes.map(({ key }) => key))]),
      ),
    );
  const gone = new Set(sent.map(({ deviceId, key }) => `${deviceId} ${key}`));
  return pushes.filter(({ deviceId, key }) => !gone.has(`${deviceId} ${key}`));
}
