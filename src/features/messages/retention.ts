import { and, asc, eq, gt } from 'drizzle-orm';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  toExportChunk,
  type ExportStep,
  type PurgeStep,
} from '../../platform/retention.ts';
import { messages, roomMembers } from '../../schema/messages.ts';

const EXPORT_CHUNK = 1000;
/** Reads as 0 in the database: nobody. */
const NOBODY = '0';

/** The rows stay, empty: the other person's log keeps its sequence. */
export const messagePurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({
    name: 'messages',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .update(messages)
        .set({ text: '', senderId: NOBODY, clientKey: null })
        .where(eq(messages.senderId, userId))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  definePurgeStep({
    name: 'rooms',
    async run({ deps }, userId) {
      const named = await deps.db
        .update(roomMembers)
        .set({ otherId: null })
        .where(eq(roomMembers.otherId, userId))
        .limit(DELETE_CHUNK);
      const own = await deps.db.delete(roomMembers).where(eq(roomMembers.userId, userId)).limit(DELETE_CHUNK);
      return named.rowsAffected + own.rowsAffected;
    },
  }),
];

/** What I wrote; what was written to me is the other person's. */
export const messageExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'messages',
    async read({ deps }, userId, after) {
      const rows = await deps.db
        .select({
          id: messages.id,
          roomId: messages.roomId,
          sequence: messages.sequence,
          text: messages.text,
          at: messages.createdAt,
        })
        .from(messages)
        .where(and(eq(messages.senderId, userId), after ? gt(messages.id, after) : undefined))
        .orderBy(asc(messages.id))
        .limit(EXPORT_CHUNK);
      return toExportChunk(rows, EXPORT_CHUNK);
    },
  }),
];
