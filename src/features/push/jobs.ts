import { and, desc, eq, gt, inArray, isNull } from 'drizzle-orm';
import * as z from 'zod';
import type { SystemCtx } from '../../platform/context.ts';
import { randomToken } from '../../platform/crypto.ts';
import { AppError } from '../../platform/errors.ts';
import { Id } from '../../platform/http/schemas.ts';
import { defineJob } from '../../platform/jobs/job.ts';
import { koreanHour } from '../../platform/korea-time.ts';
import type { PushOutcome } from '../../platform/push.ts';
import { consents, sessions, users } from '../../schema/accounts.ts';
import { pushDevices, pushSends } from '../../schema/notifications.ts';
import { PUSH_KINDS } from './schemas.ts';
import { PUSH_TEXTS, PUSH_TITLE } from './texts.ts';

/** FCM takes one target a call, six calls go out at a time: a hundred take a few seconds. */
export const PUSHES_A_JOB = 100;
/** So many are in the ledger before they are sent: what a killed run can lose at most. */
const AT_ONCE = 6;
/** A push that comes later than this is of no use (milliseconds). */
const STALE_MS = 6 * 3600_000;

const Push = z.object({
  deviceId: Id,
  /** Whom it is for: the device may have gone to another account meanwhile. */
  userId: Id,
  kind: z.enum(PUSH_KINDS),
  key: z.string().max(90),
  ids: z.record(z.string(), z.string()),
});
export type Push = z.output<typeof Push>;

type Device = { id: string; token: string; language: 'ko' | 'en'; userId: string };
type Sent = { push: Push; device: Device; outcome: PushOutcome };

/**
 * Sends pushes, each at most once: its ledger row is written first and is taken back only when FCM itself says that it
 * has not taken the push. A token that FCM calls dead is dropped.
 */
export const sendPushes = defineJob({
  name: 'push.send',
  schema: z.object({
    batch: z.string(),
    at: z.iso.datetime(),
    pushes: z.array(Push).min(1).max(PUSHES_A_JOB),
  }),
  key: ({ batch }) => batch,
  retries: 5,
  retryDelay: 'min(3600000, 60000 * pow(3, retried))',
  flowControl: { key: 'fcm', parallelism: 3 },
  async run(ctx, { at, pushes }) {
    const { push: pusher, clock } = ctx.deps;
    if (!pusher || clock.now().getTime() - Date.parse(at) > STALE_MS) return;
    const devices = await findDevices(ctx, pushes);
    const due = pushes.flatMap((push) => {
      const device = devices.get(push.deviceId);
      return device && device.userId === push.userId ? [{ push, device }] : [];
    });
    for (let start = 0; start < due.length; start += AT_ONCE) {
      const taken = await takeUnsent(ctx, due.slice(start, start + AT_ONCE));
      const sent = await Promise.all(
        taken.map(async ({ push, device }): Promise<Sent> => {
          const { language, token } = device;
          const outcome = await pusher
            .send({
              token,
              title: PUSH_TITLE[language],
              body: PUSH_TEXTS[push.kind][language],
              data: { kind: push.kind, ...push.ids },
              collapseKey: collapseKeyOf(push),
            })
            // No access token: FCM has not heard of it.
            .catch((): PushOutcome => ({ result: 'retry', code: 'NO_ACCESS_TOKEN', retryAfter: 60 }));
          return { push, device, outcome };
        }),
      );
      await conclude(ctx, sent);
    }
  },
});

/** Pushes about the same thing take each other's place on the device. */
function collapseKeyOf({ kind, ids }: Push): string {
  return `${kind}-${ids['roomId'] ?? ids['postId'] ?? ids['careerId'] ?? ids['personId'] ?? ''}`;
}

/** The devices that may be told now: log-in alive, person here, and by night only with consent to that. */
async function findDevices(ctx: SystemCtx, pushes: readonly Push[]): Promise<Map<string, Device>> {
  const { db, clock } = ctx.deps;
  const now = clock.now();
  const devices = await db
    .select({
      id: pushDevices.id,
      token: pushDevices.token,
      language: pushDevices.language,
      userId: pushDevices.userId,
    })
    .from(pushDevices)
    .innerJoin(sessions, eq(sessions.id, pushDevices.sessionId))
    .innerJoin(users, eq(users.id, pushDevices.userId))
    .where(
      and(
        inArray(pushDevices.id, [...new Set(pushes.map(({ deviceId }) => deviceId))]),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, now),
        isNull(users.leftAt),
        isNull(users.suspendedAt),
      ),
    );
  if (!isNight(now)) return new Map(devices.map((device) => [device.id, device]));
  const awake = await findNightOwls(
    ctx,
    devices.map(({ userId }) => userId),
  );
  return new Map(devices.flatMap((device) => (awake.has(device.userId) ? [[device.id, device]] : [])));
}

/** 21 to 8 in Korea: nothing without a consent of its own (정보통신망법 §50③ asks it of advertising; here it holds for all). */
export function isNight(at: Date): boolean {
  const hour = koreanHour(at);
  return hour >= 21 || hour < 8;
}

async function findNightOwls({ deps }: SystemCtx, userIds: string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const acts = await deps.db
    .select({ userId: consents.userId, isGranted: consents.isGranted })
    .from(consents)
    .where(and(inArray(consents.userId, [...new Set(userIds)]), eq(consents.kind, 'night_push')))
    .orderBy(desc(consents.id));
  const newest = new Map(acts.toReversed().map(({ userId, isGranted }) => [userId, isGranted]));
  return new Set([...newest].flatMap(([userId, isGranted]) => (isGranted ? userId : [])));
}

/** Writes the ledger; answers those that nobody had taken before. */
async function takeUnsent<T extends { push: Push }>({ deps }: SystemCtx, due: readonly T[]): Promise<T[]> {
  const claim = randomToken();
  await deps.db
    .insert(pushSends)
    .ignore()
    .values(
      due.map(({ push }) => ({
        deviceId: push.deviceId,
        key: push.key,
        claim,
        createdAt: deps.clock.now(),
      })),
    );
  const mine = await deps.db
    .select({ deviceId: pushSends.deviceId, key: pushSends.key })
    .from(pushSends)
    .where(eq(pushSends.claim, claim));
  const taken = new Set(mine.map(({ deviceId, key }) => `${deviceId} ${key}`));
  return due.filter(({ push }) => taken.has(`${push.deviceId} ${push.key}`));
}

/** Throws when FCM wants some of them later; those that follow in the job come with the retry. */
async function conclude(ctx: SystemCtx, sent: readonly Sent[]): Promise<void> {
  const { db, log } = ctx.deps;
  const dead = sent.filter(({ outcome }) => outcome.result === 'token_dead');
  if (dead.length > 0) {
    // By its token, too: the device may have registered anew in this moment.
    const isDead = dead.map(({ device }) => device.id);
    const tokens = dead.map(({ device }) => device.token);
    await db
      .delete(pushDevices)
      .where(and(inArray(pushDevices.id, isDead), inArray(pushDevices.token, tokens)));
  }
  for (const { push, outcome } of sent) {
    if (outcome.result === 'refused') log.error('push refused', { kind: push.kind, code: outcome.code });
    if (outcome.result === 'token_dead') log.info('push token dropped', { code: outcome.code });
    if (outcome.result === 'unknown') log.warn('push without an answer', { kind: push.kind });
  }
  const later = sent.flatMap(({ push, outcome }) => (outcome.result === 'retry' ? [{ push, outcome }] : []));
  if (later.length === 0) return;
  for (const { push } of later) {
    await db.delete(pushSends).where(and(eq(pushSends.deviceId, push.deviceId), eq(pushSends.key, push.key)));
  }
  log.warn('pushes put off', { count: later.length, code: later[0]?.outcome.code });
  throw new AppError('unavailable', {
    retryAfter: Math.max(...later.map(({ outcome }) => outcome.retryAfter)),
  });
}
