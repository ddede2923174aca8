import { and, eq, gt, inArray, lt, or, sql, type SQL } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { rankingHighlights, rankingLevels, rankingScopes, rankingScores } from '../../schema/ranking.ts';
import type { Done } from './chunks.ts';
import { HIGHLIGHTS_KEPT, insertGrowth, insertMerged, insertPosts, readPopularPosts } from './highlights.ts';
import type { Run } from './runs.ts';
import { ALL, type Rows, type Scoped } from './scope.ts';

/** Rows that a chunk writes at most, as far as that is known beforehand; and as many that it removes. */
const ROWS_A_CHUNK = 4500;
/** A scope has its sums, so many rows of posts, and for its first people one more beside their level. */
const ROWS_A_SCOPE = 1 + 2 * HIGHLIGHTS_KEPT;

/** Groups (a school's people of a field), by school. `isFirst`: the chunk has the school's first, and what is the school's own. */
export type GroupChunk = { schools: { schoolId: number; fieldIds: number[]; isFirst: boolean }[] };
export type ScopeChunk = { schoolIds: number[] } | { fieldId: number };

type Group = { schoolId: number; fieldId: number; people: number };

/** The groups of a generation, with as many people as they have at most. */
async function findGroups(tx: Tx, generation: number): Promise<Group[]> {
  return tx.db
    .select({
      schoolId: rankingScores.schoolId,
      fieldId: rankingScores.fieldId,
      people: sql`count(*)`.mapWith(Number),
    })
    .from(rankingScores)
    .where(gt(rankingScores.untilGeneration, generation))
    .groupBy(rankingScores.schoolId, rankingScores.fieldId)
    .orderBy(rankingScores.schoolId, rankingScores.fieldId);
}

/**
 * Packs things into chunks, in order, by the most rows they can have: a level for each of their people. One with more
 * stands alone: a hundred thousand people have hundreds of scores, not thousands.
 */
function pack<T extends { people: number }>(things: readonly T[]): T[][] {
  const packs: T[][] = [];
  let rows = 0;
  for (const thing of things) {
    const last = packs.at(-1);
    const more = thing.people + ROWS_A_SCOPE;
    if (last && rows + more <= ROWS_A_CHUNK) {
      last.push(thing);
      rows += more;
    } else {
      packs.push([thing]);
      rows = more;
    }
  }
  return packs;
}

/** Large schools are spread over several chunks, small ones share one. */
export async function cutGroups(tx: Tx, { generation }: Run): Promise<GroupChunk[]> {
  const groups = await findGroups(tx, generation);
  const firstFields = new Map(groups.toReversed().map(({ schoolId, fieldId }) => [schoolId, fieldId]));
  return pack(groups).map((packed) => ({
    schools: [...Map.groupBy(packed, ({ schoolId }) => schoolId)].map(([schoolId, ofSchool]) => {
      const fieldIds = ofSchool.map(({ fieldId }) => fieldId);
      return { schoolId, fieldIds, isFirst: fieldIds[0] === firstFields.get(schoolId) };
    }),
  }));
}

/** Schools, packed like their groups, and each field by itself. */
export async function cutScopes(tx: Tx, { generation }: Run): Promise<ScopeChunk[]> {
  const groups = await tx.db
    .select({
      schoolId: rankingScopes.schoolId,
      fieldId: rankingScopes.fieldId,
      people: rankingScopes.people,
    })
    .from(rankingScopes)
    .where(and(eq(rankingScopes.generation, generation), gt(rankingScopes.fieldId, ALL)))
    .orderBy(rankingScopes.schoolId);
  const schools = [...Map.groupBy(groups, ({ schoolId }) => schoolId)].map(([schoolId, ofSchool]) => ({
    schoolId,
    people: ofSchool.reduce((sum, { people }) => sum + people, 0),
  }));
  const fieldIds = [...new Set(groups.map(({ fieldId }) => fieldId))].sort((a, b) => a - b);
  return [
    ...pack(schools).map((packed) => ({ schoolIds: packed.map(({ schoolId }) => schoolId) })),
    ...fieldIds.map((fieldId) => ({ fieldId })),
  ];
}

/** Counts the levels of groups from the scores themselves. */
export async function rankGroups(ctx: SystemCtx, run: Run, { schools }: GroupChunk) {
  const ownedIds = schools.filter(({ isFirst }) => isFirst).map(({ schoolId }) => schoolId);
  const popular = await readPopularPosts(ctx, run, ownedIds);
  const isOne = (table: Scoped) =>
    or(
      ...schools.map(({ schoolId, fieldIds }) =>
        and(eq(table.schoolId, schoolId), inArray(table.fieldId, fieldIds)),
      ),
    );
  return async (tx: Tx): Promise<Done> => {
    const scores = rankingScores;
    let rows = await removeOld(tx, run, isOne);
    rows += await insertLevels(
      tx,
      run,
      sql`select ${scores.schoolId} as scope_school, ${scores.fieldId} as scope_field, ${scores.score} as score, count(*) as people
        from ${scores} where ${isOne(scores)} and ${gt(scores.untilGeneration, run.generation)} group by scope_school, scope_field, score`,
    );
    rows += await insertScopes(tx, run, isOne);
    rows += await insertGrowth(tx, run, isOne(scores));
    rows += await insertPosts(tx, run, popular);
    return { rows };
  };
}

/** Counts the levels of schools from their groups, or of a field from its groups in all schools. */
export async function rankScopes(ctx: SystemCtx, run: Run, chunk: ScopeChunk) {
  if ('schoolIds' in chunk) {
    const { schoolIds } = chunk;
    return (tx: Tx) =>
      rankTogether(tx, run, {
        scope: (table) => and(inArray(table.schoolId, schoolIds), eq(table.fieldId, ALL)),
        parts: (table) => and(inArray(table.schoolId, schoolIds), gt(table.fieldId, ALL)),
        school: sql.raw('school_id'),
        field: sql`${ALL}`,
      });
  }
  const { fieldId } = chunk;
  const schoolIds = await findSchoolsOfField(ctx, run, fieldId);
  return (tx: Tx) =>
    rankTogether(tx, run, {
      scope: (table) => and(eq(table.schoolId, ALL), eq(table.fieldId, fieldId)),
      parts: (table) => and(inArray(table.schoolId, schoolIds), eq(table.fieldId, fieldId)),
      school: sql`${ALL}`,
      field: sql.raw('field_id'),
    });
}

/** Counts the levels of the nation from the fields. */
export async function rankNation(_ctx: SystemCtx, run: Run) {
  return (tx: Tx) =>
    rankTogether(tx, run, {
      scope: (table) => and(eq(table.schoolId, ALL), eq(table.fieldId, ALL)),
      parts: (table) => and(eq(table.schoolId, ALL), gt(table.fieldId, ALL)),
      school: sql`${ALL}`,
      field: sql`${ALL}`,
    });
}

async function findSchoolsOfField({ deps }: SystemCtx, run: Run, fieldId: number): Promise<number[]> {
  const rows = await deps.db
    .select({ schoolId: rankingScopes.schoolId })
    .from(rankingScopes)
    .where(
      and(
        gt(rankingScopes.schoolId, ALL),
        eq(rankingScopes.generation, run.generation),
        eq(rankingScopes.fieldId, fieldId),
      ),
    );
  return rows.map(({ schoolId }) => schoolId);
}

/** Larger scopes, and the smaller ones that are counted already and that they are made of. */
type Together = {
  scope: Rows;
  parts: Rows;
  /** Of a part: which school and field it belongs to in the larger scope. */
  school: SQL;
  field: SQL;
};

async function rankTogether(tx: Tx, run: Run, { scope, parts, school, field }: Together): Promise<Done> {
  const isPart = and(parts(rankingLevels), eq(rankingLevels.generation, run.generation));
  let rows = await removeOld(tx, run, scope);
  rows += await insertLevels(
    tx,
    run,
    sql`select ${school} as scope_school, ${field} as scope_field, score, sum(people) as people
      from ${rankingLevels} where ${isPart} group by scope_school, scope_field, score`,
  );
  rows += await insertScopes(tx, run, scope);
  rows += await insertMerged(tx, run, { parts, school, field });
  return { rows };
}

/** `counted`: rows of scope_school, scope_field, score and people. */
async function insertLevels(tx: Tx, { generation }: Run, counted: SQL): Promise<number> {
  const { rowsAffected } = await tx.db.execute(
    sql`insert into ${rankingLevels} (school_id, generation, field_id, score, people, above)
      select scope_school, ${generation}, scope_field, score, people,
        sum(people) over (partition by scope_school, scope_field order by score desc) - people
      from (${counted}) as counted`,
  );
  return rowsAffected;
}

async function insertScopes(tx: Tx, { generation }: Run, scope: Rows): Promise<number> {
  const { rowsAffected } = await tx.db.execute(
    sql`insert into ${rankingScopes} (school_id, generation, field_id, people, points)
      select school_id, ${generation}, field_id, sum(people), sum(people * score)
      from ${rankingLevels} where ${and(scope(rankingLevels), eq(rankingLevels.generation, generation))} group by school_id, field_id`,
  );
  return rowsAffected;
}

/** Of these scopes: what no reader can see any more, and what a run that was given up has left. */
async function removeOld(tx: Tx, run: Run, scope: Rows): Promise<number> {
  let rows = 0;
  for (const table of [rankingLevels, rankingScopes, rankingHighlights] as const) {
    const isLeft = and(gt(table.generation, run.baseGeneration), lt(table.generation, run.generation));
    const { rowsAffected } = await tx.db
      .delete(table)
      .where(and(scope(table), or(lt(table.generation, run.keptGeneration), isLeft)))
      // What is over stays for the next run or the nightly sweep.
      .limit(ROWS_A_CHUNK - rows);
    rows += rowsAffected;
  }
  return rows;
}
