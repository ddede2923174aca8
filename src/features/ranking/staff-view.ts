import type * as z from 'zod';
import type { RankingRun, RankingRunDetail } from './staff-schemas.ts';

type RunRow = {
  generation: number;
  dueAt: Date;
  day: string;
  state: z.input<typeof RankingRun>['state'];
  startedAt: Date;
  switchedAt: Date | null;
  finishedAt: Date | null;
  people: number | null;
  points: number | null;
  error: string | null;
};

type PhaseRow = z.input<typeof RankingRun>['phases'][number] & { generation: number };

type ChunkRow = {
  phase: PhaseRow['phase'];
  number: number;
  attempts: number;
  rowsWritten: number | null;
  milliseconds: number | null;
  finishedAt: Date | null;
};

export function toRankingRun({
  run,
  phases,
}: {
  run: RunRow;
  phases: PhaseRow[];
}): z.input<typeof RankingRun> {
  return {
    generation: run.generation,
    dueAt: run.dueAt.toISOString(),
    day: run.day,
    state: run.state,
    startedAt: run.startedAt.toISOString(),
    switchedAt: run.switchedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    durationMs: run.finishedAt ? run.finishedAt.getTime() - run.startedAt.getTime() : null,
    people: run.people,
    points: run.points,
    rowsWritten: phases.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0),
    error: run.error,
    phases: phases.map(({ generation: _generation, ...phase }) => phase),
  };
}

export function toRankingRunDetail(detail: {
  run: RunRow;
  phases: PhaseRow[];
  slowest: ChunkRow[];
}): z.input<typeof RankingRunDetail> {
  return {
    ...toRankingRun(detail),
    slowestChunks: detail.slowest.map(
      ({ phase, number, attempts, rowsWritten, milliseconds, finishedAt }) => ({
        phase,
        number,
        attempts,
        rowsWritten,
        milliseconds,
        finishedAt: finishedAt?.toISOString() ?? null,
      }),
    ),
  };
}
