import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { askForRebuild, cancelRanking, listRankingRuns, readRankingRun, startRanking } from './staff-runs.ts';
import * as schema from './staff-schemas.ts';
import { toRankingRun, toRankingRunDetail } from './staff-view.ts';

const reader = { tag: 'staff', auth: 'staff', limit: 'read', staffRole: 'reader' } as const;
const writer = { tag: 'staff', auth: 'staff', limit: 'write', staffRole: 'writer' } as const;

export const rankingStaffEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      ...reader,
      id: 'listRankingRuns',
      method: 'get',
      path: '/staff/ranking/runs',
      summary: { ko: '순위 계산 목록', en: 'Computations of the ranking' },
      query: schema.PageQuery,
      success: { status: 200, body: schema.RankingRunList },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => {
      const { items, nextCursor } = await listRankingRuns(ctx, query);
      return { items: items.map(toRankingRun), nextCursor };
    },
  ),
  endpoint(
    {
      ...reader,
      id: 'readRankingRun',
      method: 'get',
      path: '/staff/ranking/runs/:generation',
      summary: { ko: '순위 계산 하나', en: 'One computation, with its slowest chunks' },
      params: schema.RankingRunParams,
      success: { status: 200, body: schema.RankingRunDetail },
    },
    async ({ ctx, params }) => toRankingRunDetail(await readRankingRun(ctx, params.generation)),
  ),
  endpoint(
    {
      ...writer,
      id: 'startRanking',
      method: 'post',
      path: '/staff/ranking/runs',
      summary: { ko: '순위 지금 계산', en: 'Compute the ranking now' },
      description: {
        ko: '진행 중인 계산이 있으면 그만두고 새로 시작합니다. 보는 사람은 끝날 때까지 이전 순위를 봅니다.',
        en: 'One that is under way is given up for it. Readers see the ranking before until it is done.',
      },
      success: { status: 202 },
    },
    async ({ ctx }) => startRanking(ctx),
  ),
  endpoint(
    {
      ...writer,
      id: 'cancelRanking',
      method: 'post',
      path: '/staff/ranking/runs/:generation/cancel',
      summary: { ko: '순위 계산 취소', en: 'Cancel a computation' },
      params: schema.RankingRunParams,
      success: { status: 204 },
      errors: ['ranking_run_over'],
    },
    async ({ ctx, params }) => cancelRanking(ctx, params.generation),
  ),
  endpoint(
    {
      ...writer,
      id: 'rebuildActivity',
      method: 'post',
      path: '/staff/ranking/rebuild',
      summary: { ko: '활동 다시 세기', en: 'Count activity anew' },
      description: {
        ko: '한국 날짜 기간의 활동을 원본에서 다시 셉니다. 결과는 다음 순위 계산부터 반영됩니다.',
        en: 'Counts the activity of Korean days anew from the source rows; the next computation uses it.',
      },
      body: schema.RebuildRange,
      success: { status: 202 },
      errors: ['days_not_kept'],
    },
    async ({ ctx, body }) => askForRebuild(ctx, body),
  ),
];
