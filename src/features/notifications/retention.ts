import { and, asc, eq, gt, lt, or } from 'drizzle-orm';
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
import { notificationPreferences, notifications } from '../../schema/notifications.ts';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 180;
const EXPORT_CHUNK = 1000;

export const notificationSweeps: readonly Sweep[] = [
  defineSweep({
    name: 'notifications',
    async run({ deps }) {
      const before = new Date(deps.clock.now().getTime() - KEPT_DAYS * DAY_MS);
      const { rowsAffected } = await deps.db
        .delete(notifications)
        .where(lt(notifications.createdAt, before))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

export const notificationPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({
    name: 'notifications',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(notifications)
        .where(or(eq(notifications.userId, userId), eq(notifications.actorId, userId)))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  definePurgeStep({
    name: 'notification_preferences',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(notificationPreferences)
        .where(eq(notificationPreferences.userId, userId));
      return rowsAffected;
    },
  }),
];

export const notificationExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'notifications',
    async read({ deps }, userId, after) {
      const rows = await deps.db
        .select({
          id: notifications.id,
          kind: notifications.kind,
          postId: notifications.postId,
          commentId: notifications.commentId,
          careerId: notifications.careerId,
          detail: notifications.detail,
          at: notifications.createdAt,
        })
        .from(notifications)
        .where(
          and(
            eq(notifications.userId, userId),
            eq(notifications.isDeleted, false),
            after ? gt(notifications.id, after) : undefined,
          ),
        )
        .orderBy(asc(notifications.id))
        .limit(EXPORT_CHUNK);
      return toExportChunk(rows, EXPORT_CHUNK, ({ id: _id, ...row }) => row);
    },
  }),
  defineExportStep({
    name: 'notificationPreferences',
    async read({ deps }, userId) {
      const rows = await deps.db
        .select({ kind: notificationPreferences.kind, isOn: notificationPreferences.isOn })
        .from(notificationPreferences)
        .where(eq(notificationPreferences.userId, userId));
      return { rows, next: undefined };
    },
  }),
];
