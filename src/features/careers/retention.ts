import { and, asc, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  toExportChunk,
  type ExportStep,
  type PurgeStep,
} from '../../platform/retention.ts';
import { users } from '../../schema/accounts.ts';
import { careerFollows, careerMembers, careers } from '../../schema/careers.ts';
import { careerDeleted } from './events.ts';

const CAREERS_AT_ONCE = 100;
const EXPORT_CHUNK = 500;

/** A group goes to whoever has been in it longest; what nobody else is in goes, as if its owner had deleted it. */
async function purgeOwned(ctx: SystemCtx, userId: string): Promise<number> {
  const owned = await ctx.deps.db
    .select({ id: careers.id })
    .from(careers)
    .where(eq(careers.ownerId, userId))
    .limit(CAREERS_AT_ONCE);
  if (owned.length === 0) return 0;
  const ids = owned.map(({ id }) => id);
  const heirs = await findHeirs(ctx, ids, userId);
  for (const [careerId, heirId] of heirs) await handOn(ctx, careerId, heirId);
  const orphans = ids.filter((id) => !heirs.has(id));
  if (orphans.length > 0) {
    await inTransaction(ctx, async (tx) => {
      await tx.db.delete(careerMembers).where(inArray(careerMembers.careerId, orphans));
      await tx.db.delete(careers).where(inArray(careers.id, orphans));
      for (const careerId of orphans) tx.emit(careerDeleted, { careerId, ownerId: userId });
    });
  }
  return owned.length;
}

/** Nothing happens when the heir has left the group by now: the next run finds another. */
async function handOn({ deps }: SystemCtx, careerId: string, heirId: string): Promise<void> {
  const isMember = sql`exists (select 1 from ${careerMembers} where ${and(
    eq(careerMembers.careerId, careers.id),
    eq(careerMembers.userId, heirId),
    eq(careerMembers.state, 'active'),
  )})`;
  await deps.db
    .update(careers)
    // The client key was its maker's: the heir may have used the same one.
    .set({ ownerId: heirId, clientKey: null, inputHash: null })
    .where(and(eq(careers.id, careerId), isMember));
}

async function findHeirs(ctx: SystemCtx, ids: string[], userId: string): Promise<Map<string, string>> {
  const members = await ctx.deps.db
    .select({ careerId: careerMembers.careerId, userId: careerMembers.userId })
    .from(careerMembers)
    .innerJoin(careers, eq(careers.id, careerMembers.careerId))
    .innerJoin(users, eq(users.id, careerMembers.userId))
    .where(
      and(
        inArray(careerMembers.careerId, ids),
        ne(careerMembers.userId, userId),
        eq(careerMembers.state, 'active'),
        isNull(careers.deletedAt),
        isNull(users.leftAt),
      ),
    )
    .orderBy(asc(careerMembers.createdAt), asc(careerMembers.userId));
  return new Map(members.toReversed().map((member) => [member.careerId, member.userId]));
}

export const careerPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({ name: 'careers', run: purgeOwned }),
  definePurgeStep({
    name: 'memberships',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(careerMembers)
        .where(eq(careerMembers.userId, userId))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  definePurgeStep({
    name: 'followed_careers',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(careerFollows)
        .where(eq(careerFollows.userId, userId))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

export const careerExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'careers',
    async read({ deps }, userId, after) {
      const found = await deps.db
        .select({
          id: careers.id,
          name: careers.name,
          kind: careers.kind,
          ownerId: careers.ownerId,
          membership: careerMembers.state,
          createdAt: careers.createdAt,
        })
        .from(careerMembers)
        .innerJoin(careers, eq(careers.id, careerMembers.careerId))
        .where(
          and(
            eq(careerMembers.userId, userId),
            isNull(careers.deletedAt),
            after ? gt(careers.id, after) : undefined,
          ),
        )
        .orderBy(asc(careers.id))
        .limit(EXPORT_CHUNK);
      return toExportChunk(found, EXPORT_CHUNK, ({ ownerId, ...row }) => ({
        ...row,
        isMine: ownerId === userId,
      }));
    },
  }),
  defineExportStep({
    name: 'followedCareers',
    async read({ deps }, userId, after) {
      const found = await deps.db
        .select({ id: careerFollows.careerId, name: careers.name, followedAt: careerFollows.createdAt })
        .from(careerFollows)
        .innerJoin(careers, eq(careers.id, careerFollows.careerId))
        .where(and(eq(careerFollows.userId, userId), after ? gt(careerFollows.careerId, after) : undefined))
        .orderBy(asc(careerFollows.careerId))
        .limit(EXPORT_CHUNK);
      return toExportChunk(found, EXPORT_CHUNK);
    },
  }),
];
