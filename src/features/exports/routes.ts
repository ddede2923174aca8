import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { askExport, listExports } from './ask-export.ts';
import { fetchExport } from './fetch-export.ts';
import * as schema from './schemas.ts';
import { toDataExport } from './view.ts';

export const exportEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'askExport',
      method: 'post',
      path: '/account/exports',
      tag: 'account',
      auth: 'session',
      limit: 'write',
      summary: { ko: '내 데이터 내려받기 요청', en: 'Ask for all my data' },
      description: {
        ko: '프로필, 포스트, 댓글, 사진과 파일까지 나의 모든 것을 ZIP 파일로 만들어 학교 메일로 링크를 보냅니다. 하루에 한 번 요청할 수 있습니다.',
        en: 'Everything of mine, media included, as a ZIP; the link comes by mail to the school address. Once a day.',
      },
      body: schema.AskExport,
      success: { status: 202, body: schema.DataExport },
      errors: ['password_wrong', 'export_too_soon'],
    },
    async ({ ctx, body }) => toDataExport(await askExport(ctx, body.password)),
  ),
  endpoint(
    {
      id: 'listExports',
      method: 'get',
      path: '/account/exports',
      tag: 'account',
      auth: 'session',
      limit: 'read',
      summary: { ko: '내 데이터 요청 상태', en: 'How my data exports stand' },
      success: { status: 200, body: schema.DataExportList },
    },
    async ({ ctx }) => ({ items: (await listExports(ctx)).map(toDataExport) }),
  ),
  endpoint(
    {
      id: 'fetchExport',
      method: 'get',
      path: '/exports/:token',
      tag: 'account',
      auth: 'public',
      limit: 'read',
      summary: { ko: '메일로 받은 링크의 데이터', en: 'The archive behind a mailed link' },
      description: {
        ko: 'data.json 하나와 media 폴더가 들어 있는 ZIP입니다. 링크는 3일 동안 쓸 수 있습니다.',
        en: 'A ZIP with data.json and a folder of media. The link works for 3 days.',
      },
      params: schema.LinkParams,
      query: schema.LinkQuery,
      success: { status: 200, contentType: 'application/zip' },
    },
    async ({ ctx, params, query }) => {
      const archive = await fetchExport(ctx, params.token, query.volume);
      const name = query.volume === 1 ? 'loopus.zip' : `loopus-${query.volume}.zip`;
      return new Response(archive, {
        headers: {
          'content-type': 'application/zip',
          'content-disposition': `attachment; filename="${name}"`,
          'x-content-type-options': 'nosniff',
        },
      });
    },
  ),
];
