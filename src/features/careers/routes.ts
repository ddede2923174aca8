import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { createCareer } from './create-career.ts';
import { listCareersOf, readCareer } from './queries.ts';
import * as schema from './schemas.ts';

export const careerEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'createCareer',
      method: 'post',
      path: '/careers',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      isIdempotent: true,
      summary: { ko: '커리어 만들기', en: 'Make a career' },
      description: {
        ko: '개인(personal) 또는 그룹(group) 커리어를 만듭니다. 종류는 나중에 바꿀 수 없고, 한 사람은 100개까지 속할 수 있습니다.',
        en: 'Makes a personal or a group career. Its kind stays as it is; one person can be in 100.',
      },
      body: schema.CreateCareer,
      success: { status: 201, body: schema.Career },
      errors: ['limit_reached', 'idempotency_key_reused', 'career_not_found'],
    },
    async ({ ctx, body, clientKey }) => readCareer(ctx, await createCareer(ctx, body, clientKey)),
  ),
  endpoint(
    {
      id: 'listCareersOfUser',
      method: 'get',
      path: '/users/:userId/careers',
      tag: 'careers',
      auth: 'session',
      limit: 'read',
      summary: { ko: '한 사람의 커리어 목록', en: "A person's careers" },
      description: {
        ko: '그 사람이 정한 순서이며, 속한 그룹 커리어도 들어 있습니다. sharePercent는 그 사람의 포스트 가운데 이 커리어의 비율입니다.',
        en: 'In that person’s own order, group careers included. sharePercent: how much of that person’s posts is in this career.',
      },
      params: schema.UserParams,
      success: { status: 200, body: schema.OwnedCareerList },
    },
    async ({ ctx, params }) => ({ items: await listCareersOf(ctx, params.userId) }),
  ),
  endpoint(
    {
      id: 'readCareer',
      method: 'get',
      path: '/careers/:careerId',
      tag: 'careers',
      auth: 'session',
      limit: 'read',
      summary: { ko: '커리어 화면', en: 'A career page' },
      description: {
        ko: '대표 이미지, 주인 또는 멤버, 마지막 포스트 시각, 포스트 수와 나의 역할입니다.',
        en: 'Cover, owner or members, time of the last post, number of posts, and my role.',
      },
      params: schema.CareerParams,
      success: { status: 200, body: schema.Career },
      errors: ['career_not_found'],
    },
    async ({ ctx, params }) => readCareer(ctx, params.careerId),
  ),
];
