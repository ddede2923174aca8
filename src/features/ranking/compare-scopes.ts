import { and, desc, eq, gt } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { rankingPointer, rankingScopes } from '../../schema/ranking.ts';
import { fields, loadDirectory } from '../schools/index.ts';
import { ALL } from './scope.ts';

type Counted = { id: number; people: number; points: number };

/** Schools by the points of all their people together; equal points share a rank. */
export async function compareSchools(ctx: Ctx) {
  const [{ schoolById }, rows] = await Promise.all([
    loadDirectory(ctx),
    ctx.deps.db
      .select({
        id: rankingScopes.schoolId,
        people: rankingScopes.people,
        points: rankingScopes.points,
      })
      .from(rankingScopes)
      .innerJoin(rankingPointer, eq(rankingPointer.generation, rankingScopes.generation))
      .where(and(gt(rankingScopes.schoolId, ALL), eq(rankingScopes.fieldId, ALL)))
      .orderBy(desc(rankingScopes.points), rankingScopes.schoolId),
  ]);
  return withRanks(rows).flatMap(({ id, ...counted }) => {
    const school = schoolById.get(id);
    return school ? { id, nameKo: school.nameKo, nameEn: school.nameEn, ...counted } : [];
  });
}

/** Fields in the same way. */
export async function compareFields({ deps }: Ctx) {
  const rows = await deps.db
    .select({ id: rankingScopes.fieldId, people: rankingScopes.people, points: rankingScopes.points })
    .from(rankingScopes)
    .innerJoin(rankingPointer, eq(rankingPointer.generation, rankingScopes.generation))
    .where(and(eq(rankingScopes.schoolId, ALL), gt(rankingScopes.fieldId, ALL)))
    .orderBy(desc(rankingScopes.points), rankingScopes.fieldId);
  return withRanks(rows).flatMap(({ id, ...counted }) => {
    const field = fields.find((one) => one.id === id);
    return field ? { ...field, ...counted } : [];
  });
}

function withRanks(rows: readonly Counted[]) {
  return rows.map((row) => ({
    ...row,
    rank: rows.findIndex(({ points }) => points === row.points) + 1,
  }));
}
