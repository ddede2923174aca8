import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { readBoard } from './board.ts';
import { compareFields, compareSchools } from './compare-scopes.ts';
import { readMyHistory } from './history.ts';
import { listRanking, readMyPlace } from './list-ranking.ts';
import * as schema from './schemas.ts';
import { ALL } from './scope.ts';
import { explainMyRank } from './why.ts';

const reader = { method: 'get', tag: 'ranking', auth: 'session', limit: 'read' } as const;

function toScope({
  schoolId = ALL,
  fieldId = ALL,
}: {
  schoolId?: number | undefined;
  fieldId?: number | undefined;
}) {
  return { schoolId, fieldId };
}

export const rankingEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      ...reader,
      id: 'readRankingBoard',
      path: '/rankings/board',
      summary: { ko: '커리어 보드', en: 'The career board' },
      description: {
        ko: '내 순위, 1~3위, 성장한 사람, 이번 주 인기 포스트, 많이 쓴 태그를 한 번에 받습니다. schoolId와 fieldId로 학교·분야의 보드를 봅니다.',
        en: 'My ranks, the first three, growing people, popular posts of the week and top tags in one request; schoolId and fieldId give the board of a school or a field.',
      },
      query: schema.ScopeQuery,
      success: { status: 200, body: schema.RankingBoard },
    },
    async ({ ctx, query }) => readBoard(ctx, toScope(query)),
  ),
  endpoint(
    {
      ...reader,
      id: 'listRanking',
      path: '/rankings',
      summary: { ko: '순위 목록', en: 'People by rank' },
      description: {
        ko: '전국, 학교(schoolId), 분야(fieldId), 학교의 한 분야(둘 다)의 순위입니다. 한 시간마다 새로 계산되며, 이어지는 페이지는 첫 페이지와 같은 순위를 보여 줍니다. 오래된 cursor는 410이니 처음부터 다시 불러오세요. 차단한 사람은 빠지지만 남은 사람의 순위는 그대로입니다.',
        en: 'Nationwide, of a school (schoolId), of a field (fieldId), or of a field in a school (both). Computed anew each hour; later pages show the same ranks as the first. A cursor that is too old is a 410: start again. People with a block are left out, and the ranks of the others stay.',
      },
      query: schema.RankingQuery,
      success: { status: 200, body: schema.RankingPage },
      errors: ['invalid_cursor', 'ranking_moved_on'],
    },
    async ({ ctx, query }) => listRanking(ctx, toScope(query), query),
  ),
  endpoint(
    {
      ...reader,
      id: 'readMyRank',
      path: '/rankings/me',
      summary: { ko: '내 순위와 주변 사람들', en: 'My place and the people around me' },
      query: schema.MyPlaceQuery,
      success: { status: 200, body: schema.MyPlace },
    },
    async ({ ctx, query }) => readMyPlace(ctx, query.scope),
  ),
  endpoint(
    {
      ...reader,
      id: 'readMyRankHistory',
      path: '/rankings/me/history',
      summary: { ko: '내 순위의 변화', en: 'My ranks day by day' },
      query: schema.HistoryQuery,
      success: { status: 200, body: schema.RankHistory },
    },
    async ({ ctx, query }) => ({ days: await readMyHistory(ctx, query.days) }),
  ),
  endpoint(
    {
      ...reader,
      id: 'explainMyRank',
      path: '/rankings/me/why',
      summary: { ko: '내 순위의 이유', en: 'Why I stand where I stand' },
      description: {
        ko: '30일 동안의 점수를 종류별로 나누어 보여 주고, 다음 순위까지 몇 점이 남았는지 알려 줍니다.',
        en: 'My points of 30 days by kind, and how many are missing to the next place.',
      },
      success: { status: 200, body: schema.RankExplanation },
    },
    async ({ ctx }) => ({ explanation: await explainMyRank(ctx) }),
  ),
  endpoint(
    {
      ...reader,
      id: 'compareSchools',
      path: '/rankings/schools',
      summary: { ko: '학교별 순위', en: 'Schools by their points' },
      success: { status: 200, body: schema.SchoolRanking },
    },
    async ({ ctx }) => ({ items: await compareSchools(ctx) }),
  ),
  endpoint(
    {
      ...reader,
      id: 'compareFields',
      path: '/rankings/fields',
      summary: { ko: '분야별 순위', en: 'Fields by their points' },
      success: { status: 200, body: schema.FieldRanking },
    },
    async ({ ctx }) => ({ items: await compareFields(ctx) }),
  ),
];
