import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import type { SystemCtx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { rankDailyDays, rankingChunks, rankingScopes } from '../../schema/ranking.ts';
import { planChunks } from './chunks.ts';
import { cutGroups, cutScopes } from './rank-scopes.ts';
import {
  findOpenParts,
  isActive,
  moveRun,
  readRun,
  switchReaders,
  takesSnapshot,
  type ActiveRun,
  type PhaseName,
} from './runs.ts';
import { ALL } from './scope.ts';
import { cutPeople } from './score-people.ts';

/** A phase to work at, and the parts of it that are not done; undefined when the run is over. */
export type Work = { phase: PhaseName; parts: number[] };

/**
 * Brings a run on when the phase it is in is done; phases without anything to do are passed through. Answers what is
 * open then. Safe to ask at any time, by several at once, and again after one who asked has died.
 */
export async function advanceRun(ctx: SystemCtx, generation: number): Promise<Work | undefined> {
  for (;;) {
    const run = await readRun(ctx, generation);
    if (!run || !isActive(run)) return undefined;
    if (run.state !== 'counting') {
      const parts = await findOpenParts(ctx, generation, run.state);
      if (parts.length > 0) return { phase: run.state, parts };
    }
    await steps[run.state](ctx, run);
  }
}

/** What follows each state. */
const steps: Record<'counting' | PhaseName, (ctx: SystemCtx, run: ActiveRun) => Promise<unknown>> = {
  async counting(ctx, run) {
    const ranges = await cutPeople(ctx);
    await enter(ctx, run, 'scores', async () => ranges);
  },
  scores: (ctx, run) => enter(ctx, run, 'groups', (tx) => cutGroups(tx, run)),
  groups: (ctx, run) => enter(ctx, run, 'scopes', (tx) => cutScopes(tx, run)),
  scopes: (ctx, run) => enter(ctx, run, 'nation', async () => [{}]),
  nation: finishRanking,
  snapshot: finishSnapshot,
};

function enter(
  ctx: SystemCtx,
  run: ActiveRun,
  phase: PhaseName,
  plan: (tx: Tx) => Promise<object[]>,
): Promise<boolean> {
  return moveRun(ctx, run.generation, run.state, { state: phase }, async (tx) =>
    planChunks(tx, run.generation, phase, await plan(tx)),
  );
}

/** All ranks are there. Compared once more, then readers get them. */
async function finishRanking(ctx: SystemCtx, run: ActiveRun): Promise<void> {
  const { generation } = run;
  const now = ctx.deps.clock.now();
  const sums = await readSums(ctx, generation);
  const [first] = sums;
  if (!first || sums.some(({ people, points }) => people !== first.people || points !== first.points)) {
    ctx.deps.log.error('ranking sums differ', { generation, sums: JSON.stringify(sums) });
    await moveRun(ctx, generation, run.state, { state: 'failed', finishedAt: now, error: 'sums_differ' });
    return;
  }
  const { people, points } = first;
  const isSnapshot = takesSnapshot(run);
  const changes = isSnapshot
    ? { state: 'snapshot' as const, people, points, switchedAt: now }
    : { state: 'done' as const, people, points, switchedAt: now, finishedAt: now };
  const isSwitched = await moveRun(ctx, generation, run.state, changes, async (tx) => {
    await switchReaders(tx, generation);
    if (isSnapshot) await planChunks(tx, generation, 'snapshot', await findRanges(tx, generation));
  });
  if (isSwitched) ctx.deps.log.info('ranking switched', { generation, people, points });
}

/** The same people in the same ranges as they were scored in. */
async function findRanges(tx: Tx, generation: number): Promise<object[]> {
  const rows = await tx.db
    .select({ scope: rankingChunks.scope })
    .from(rankingChunks)
    .where(and(eq(rankingChunks.generation, generation), eq(rankingChunks.phase, 'scores')))
    .orderBy(asc(rankingChunks.number));
  return rows.map(({ scope }) => scope);
}

type Sums = { of: string; people: number; points: number };

/** People and points by each way to count them: the scores, the groups, the schools, the fields and the nation. */
async function readSums({ deps }: SystemCtx, generation: number): Promise<Sums[]> {
  const sum = (column: MySqlColumn) => sql`coalesce(sum(${column}), 0)`.mapWith(Number);
  const scopes = (of: string, isSchool: boolean, isField: boolean) =>
    deps.db
      .select({
        of: sql<string>`${of}`,
        people: sum(rankingScopes.people),
        points: sum(rankingScopes.points),
      })
      .from(rankingScopes)
      .where(
        and(
          eq(rankingScopes.generation, generation),
          isSchool ? gt(rankingScopes.schoolId, ALL) : eq(rankingScopes.schoolId, ALL),
          isField ? gt(rankingScopes.fieldId, ALL) : eq(rankingScopes.fieldId, ALL),
        ),
      );
  const found = await Promise.all([
    deps.db
      .select({
        of: sql<string>`'scores'`,
        people: sum(rankingChunks.people),
        points: sum(rankingChunks.points),
      })
      .from(rankingChunks)
      .where(and(eq(rankingChunks.generation, generation), eq(rankingChunks.phase, 'scores'))),
    scopes('groups', true, true),
    scopes('schools', true, false),
    scopes('fields', false, true),
    scopes('nation', false, false),
  ]);
  return found.flat();
}

/** The snapshot is whole: from now on ranks are compared with it. */
async function finishSnapshot(ctx: SystemCtx, run: ActiveRun): Promise<void> {
  const finishedAt = ctx.deps.clock.now();
  const snapshot = { generation: run.generation, people: run.people ?? 0, finishedAt };
  await moveRun(ctx, run.generation, run.state, { state: 'done', finishedAt }, async (tx) => {
    await tx.db
      .insert(rankDailyDays)
      .values({ day: run.day, ...snapshot })
      .onDuplicateKeyUpdate({ set: snapshot });
  });
}
