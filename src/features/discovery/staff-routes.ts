import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { listDiscoveryRuns, listDiscoveryVisits, readDiscoveryRun } from './report.ts';
import * as schema from './staff-schemas.ts';
import { toDiscoveryRun, toDiscoveryRunDetail, toDiscoveryVisit } from './staff-view.ts';

const reader = { tag: 'staff', auth: 'staff', limit: 'read', staffRole: 'reader', method: 'get' } as const;

export const discoveryStaffEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      ...reader,
      id: 'listDiscoveryRuns',
      path: '/staff/discovery/runs',
      summary: { ko: '수집 기록 목록', en: 'Days of the crawl' },
      description: {
        ko: '하루에 한 번, 사람들이 쓰는 태그로 뉴스·영상·블로그를 찾습니다. 지금 시작하려면 예약 작업 discovery.daily를 시작하세요.',
        en: 'News, videos and blogs are looked for once a day. To do it now, start the schedule discovery.daily.',
      },
      query: schema.PageQuery,
      success: { status: 200, body: schema.DiscoveryRunList },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => {
      const { items, nextCursor } = await listDiscoveryRuns(ctx, query);
      return { items: items.map(toDiscoveryRun), nextCursor };
    },
  ),
  endpoint(
    {
      ...reader,
      id: 'readDiscoveryRun',
      path: '/staff/discovery/runs/:day',
      summary: { ko: '하루치 수집 보고', en: 'The report of one day' },
      description: {
        ko: '출처마다 계획, 방문 결과, 저장·기존·제외한 수를 보여 주고, 호스트의 robots.txt와 휴식 상태, 쓴 할당량을 보여 줍니다.',
        en: 'For each source the plan, how its visits ended, what was stored, known and left out; robots.txt and rest of the hosts; allowances used.',
      },
      params: schema.DiscoveryRunParams,
      success: { status: 200, body: schema.DiscoveryRunDetail },
    },
    async ({ ctx, params }) => toDiscoveryRunDetail(await readDiscoveryRun(ctx, params.day)),
  ),
  endpoint(
    {
      ...reader,
      id: 'listDiscoveryVisits',
      path: '/staff/discovery/runs/:day/visits',
      summary: { ko: '하루치 방문 목록', en: 'The visits of one day' },
      params: schema.DiscoveryRunParams,
      query: schema.DiscoveryVisitQuery,
      success: { status: 200, body: schema.DiscoveryVisitList },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, params, query }) => {
      const { items, nextCursor } = await listDiscoveryVisits(ctx, params.day, query);
      return { items: items.map(toDiscoveryVisit), nextCursor };
    },
  ),
];
