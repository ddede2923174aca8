import { eq, lt } from 'drizzle-orm';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  defineSweep,
  type ExportStep,
  type PurgeStep,
  type Sweep,
} from '../../platform/retention.ts';
import { pushDevices, pushSends } from '../../schema/notifications.ts';

const DAY_MS = 86_400_000;
/** Apps register at each start. Android lets a registration expire after 270 days; a log-in here after 90. */
const DEVICE_DAYS = 90;
/** Longer than any retry. */
const LEDGER_DAYS = 7;

export const pushSweeps: readonly Sweep[] = [
  defineSweep({
    name: 'push_devices',
    async run({ deps }) {
      const before = new Date(deps.clock.now().getTime() - DEVICE_DAYS * DAY_MS);
      const { rowsAffected } = await deps.db
        .delete(pushDevices)
        .where(lt(pushDevices.lastSeenAt, before))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  defineSweep({
    name: 'push_sends',
    async run({ deps }) {
      const before = new Date(deps.clock.now().getTime() - LEDGER_DAYS * DAY_MS);
      const { rowsAffected } = await deps.db
        .delete(pushSends)
        .where(lt(pushSends.createdAt, before))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

export const pushPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({
    name: 'push_devices',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(pushDevices)
        .where(eq(pushDevices.userId, userId))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

export const pushExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'pushDevices',
    async read({ deps }, userId) {
      const rows = await deps.db
        .select({
          platform: pushDevices.platform,
          language: pushDevices.language,
          lastSeenAt: pushDevices.lastSeenAt,
        })
        .from(pushDevices)
        .where(eq(pushDevices.userId, userId))
        .limit(DELETE_CHUNK);
      return { rows, next: undefined };
    },
  }),
];
