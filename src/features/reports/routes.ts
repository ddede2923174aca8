import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { fileReport } from './file-report.ts';
import { FileReport, ReportFiled } from './schemas.ts';

export const reportEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'fileReport',
      method: 'post',
      path: '/reports',
      tag: 'reports',
      auth: 'session',
      limit: 'write',
      summary: { ko: '신고하기', en: 'Report a post, a comment or a person' },
      description: {
        ko: '같은 대상에 아직 처리되지 않은 내 신고가 있으면 그 신고를 답합니다. 상대에게 알리지 않습니다.',
        en: 'While my report on the same thing is open, that one is answered. The other side is not told.',
      },
      body: FileReport,
      success: { status: 201, body: ReportFiled },
      errors: ['not_found', 'target_is_own'],
    },
    async ({ ctx, body }) => {
      const { id, createdAt } = await fileReport(ctx, body);
      return { id, createdAt: createdAt.toISOString() };
    },
  ),
];
