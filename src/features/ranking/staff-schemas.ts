import * as z from 'zod';
import { Day, PageQuery, pageOf, Time } from '../../platform/http/schemas.ts';

export { PageQuery };

export const RankingRunParams = z.strictObject({
  generation: z.coerce.number().int().min(1).max(2_147_483_646),
});

const Phase = z.enum(['scores', 'groups', 'scopes', 'nation', 'snapshot']);

export const RankingRun = z
  .object({
    generation: z.number().int(),
    dueAt: Time,
    day: Day.meta({ description: 'The last Korean day that counts' }),
    state: z.enum([
      'counting',
      'scores',
      'groups',
      'scopes',
      'nation',
      'snapshot',
      'done',
      'failed',
      'cancelled',
      'abandoned',
    ]),
    startedAt: Time,
    switchedAt: Time.nullable().meta({ description: 'When readers got it' }),
    finishedAt: Time.nullable(),
    durationMs: z.number().int().nullable(),
    people: z.number().int().nullable(),
    points: z.number().int().nullable(),
    rowsWritten: z.number().int(),
    error: z.string().nullable(),
    phases: z.array(
      z.object({
        phase: Phase,
        chunks: z.number().int(),
        finished: z.number().int(),
        rowsWritten: z.number().int(),
        milliseconds: z.number().int().meta({ description: 'Of all its chunks together' }),
        slowest: z.number().int().meta({ description: 'Milliseconds of the slowest chunk' }),
        mostRows: z.number().int().meta({ description: 'Rows that one chunk wrote at most' }),
      }),
    ),
  })
  .meta({ id: 'RankingRun' });

export const RankingRunList = pageOf(RankingRun);

export const RankingRunDetail = RankingRun.extend({
  slowestChunks: z.array(
    z.object({
      phase: Phase,
      number: z.number().int(),
      attempts: z.number().int(),
      rowsWritten: z.number().int().nullable(),
      milliseconds: z.number().int().nullable(),
      finishedAt: Time.nullable(),
    }),
  ),
}).meta({ id: 'RankingRunDetail' });

export const RebuildRange = z.strictObject({ from: Day, to: Day });
