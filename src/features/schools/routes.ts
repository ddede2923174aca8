import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { callerNetwork } from '../../platform/http/mount.ts';
import { fields } from './fields.ts';
import { fileInquiry } from './file-inquiry.ts';
import { loadDirectory } from './queries.ts';
import { AskForSchool, DepartmentList, FieldList, InquiryFiled, SchoolList, SearchQuery } from './schemas.ts';
import { toDepartment, toSchool } from './view.ts';

export const schoolEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'searchSchools',
      method: 'get',
      path: '/schools',
      tag: 'schools',
      auth: 'public',
      limit: 'read',
      summary: { ko: '학교 찾기', en: 'Find a school' },
      query: SearchQuery,
      success: { status: 200, body: SchoolList },
    },
    async ({ ctx, query }) => {
      const { directory } = await loadDirectory(ctx);
      const found = directory.searchSchools(query.q, query.limit);
      return { items: found.map((school) => toSchool(school, ctx.deps.config.mediaBaseUrl)) };
    },
  ),
  endpoint(
    {
      id: 'searchDepartments',
      method: 'get',
      path: '/departments',
      tag: 'schools',
      auth: 'public',
      limit: 'read',
      summary: { ko: '학과 찾기', en: 'Find a department' },
      query: SearchQuery,
      success: { status: 200, body: DepartmentList },
    },
    async ({ ctx, query }) => {
      const { directory } = await loadDirectory(ctx);
      return { items: directory.searchDepartments(query.q, query.limit).map(toDepartment) };
    },
  ),
  endpoint(
    {
      id: 'listFields',
      method: 'get',
      path: '/fields',
      tag: 'schools',
      auth: 'public',
      limit: 'read',
      summary: { ko: '분야 목록', en: 'All fields' },
      success: { status: 200, body: FieldList },
    },
    async () => ({ items: [...fields] }),
  ),
  endpoint(
    {
      id: 'askForSchool',
      method: 'post',
      path: '/schools/inquiries',
      tag: 'schools',
      auth: 'public',
      limit: 'write',
      summary: { ko: '없는 학교·학과 요청', en: 'Ask for a missing school or department' },
      body: AskForSchool,
      success: { status: 201, body: InquiryFiled },
    },
    async ({ ctx, body, c }) => ({
      id: await fileInquiry(ctx, body, callerNetwork(c.req.header('cf-connecting-ip'))),
    }),
  ),
];
