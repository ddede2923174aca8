import { and, asc, eq, gt, or } from 'drizzle-orm';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  type ExportStep,
  type PurgeStep,
} from '../../platform/retention.ts';
import { reports } from '../../schema/reactions.ts';

const EXPORT_CHUNK = 1000;

/** Reports by a person and about that person; those about their posts and comments name nobody and stay. */
export const reportPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({
    name: 'reports',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(reports)
        .where(
          or(
            eq(reports.reporterId, userId),
            and(eq(reports.targetKind, 'user'), eq(reports.targetId, userId)),
          ),
        )
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

export const reportExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'reports',
    async read({ deps }, userId, after) {
      const found = await deps.db
        .select({
          id: reports.id,
          targetKind: reports.targetKind,
          targetId: reports.targetId,
          reason: reports.reason,
          text: reports.text,
          state: reports.state,
          createdAt: reports.createdAt,
        })
        .from(reports)
        .where(and(eq(reports.reporterId, userId), after ? gt(reports.id, after) : undefined))
        .orderBy(asc(reports.id))
        .limit(EXPORT_CHUNK);
      return { rows: found, next: found.length === EXPORT_CHUNK ? found.at(-1)?.id : undefined };
    },
  }),
];
