import { and, asc, eq, gt, lt } from 'drizzle-orm';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  defineSweep,
  toExportChunk,
  type ExportStep,
  type PurgeStep,
  type Sweep,
} from '../../platform/retention.ts';
import { consents, sessions, userEmails, users } from '../../schema/accounts.ts';
import { forgetNetworks } from './known-networks.ts';

const EXPORT_CHUNK = 500;

/** Log-ins go when their 90 days are over, those that were ended before as well. */
export const accountSweeps: readonly Sweep[] = [
  defineSweep({
    name: 'sessions',
    async run({ deps }) {
      const { rowsAffected } = await deps.db
        .delete(sessions)
        .where(lt(sessions.expiresAt, deps.clock.now()))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

/** The account itself: the last of all steps, because its row is what the purge is found by. */
export const accountPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({
    name: 'sessions',
    async run({ deps }, userId) {
      // They were ended when the person left: Redis has forgotten them long ago.
      const { rowsAffected } = await deps.db
        .delete(sessions)
        .where(eq(sessions.userId, userId))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  definePurgeStep({
    name: 'consents',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(consents)
        .where(eq(consents.userId, userId))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  definePurgeStep({
    name: 'addresses',
    async run({ deps }, userId) {
      const rows = await deps.db
        .select({ key: userEmails.addressKey })
        .from(userEmails)
        .where(eq(userEmails.userId, userId));
      await forgetNetworks(
        deps,
        rows.map(({ key }) => key),
      );
      const { rowsAffected } = await deps.db.delete(userEmails).where(eq(userEmails.userId, userId));
      return rowsAffected;
    },
  }),
  definePurgeStep({
    name: 'account',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db.delete(users).where(eq(users.id, userId));
      return rowsAffected;
    },
  }),
];

export const accountExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'account',
    async read({ deps }, userId) {
      const [[user], addresses] = await Promise.all([
        deps.db.select({ createdAt: users.createdAt }).from(users).where(eq(users.id, userId)),
        deps.db
          .select({
            address: userEmails.address,
            purpose: userEmails.purpose,
            verifiedAt: userEmails.verifiedAt,
          })
          .from(userEmails)
          .where(eq(userEmails.userId, userId)),
      ]);
      return { rows: user ? [{ userId, ...user, addresses }] : [], next: undefined };
    },
  }),
  defineExportStep({
    name: 'consents',
    async read({ deps }, userId, after) {
      const rows = await deps.db
        .select({
          id: consents.id,
          kind: consents.kind,
          version: consents.version,
          isGranted: consents.isGranted,
          at: consents.createdAt,
        })
        .from(consents)
        .where(and(eq(consents.userId, userId), after ? gt(consents.id, after) : undefined))
        .orderBy(asc(consents.id))
        .limit(EXPORT_CHUNK);
      return toExportChunk(rows, EXPORT_CHUNK, ({ id: _id, ...row }) => row);
    },
  }),
  defineExportStep({
    name: 'sessions',
    async read({ deps }, userId, after) {
      const rows = await deps.db
        .select({
          id: sessions.id,
          device: sessions.device,
          place: sessions.place,
          createdAt: sessions.createdAt,
          lastUsedAt: sessions.lastUsedAt,
          endedAt: sessions.endedAt,
        })
        .from(sessions)
        .where(and(eq(sessions.userId, userId), after ? gt(sessions.id, after) : undefined))
        .orderBy(asc(sessions.id))
        .limit(EXPORT_CHUNK);
      return toExportChunk(rows, EXPORT_CHUNK, ({ id: _id, ...row }) => row);
    },
  }),
];
