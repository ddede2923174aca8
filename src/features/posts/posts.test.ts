import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson } from '../../../test/harness/people.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

describe('a first post', () => {
  it('is written in a first career and stands in the feed', async () => {
    const minsu = await signUpPerson(app, { name: '김민수' });
    const career = await app.request('POST', '/v1/careers', {
      token: minsu.token,
      body: { name: '캡스톤 디자인', kind: 'personal' },
    });
    expect(career.status).toBe(201);
    const made = await app.request('POST', '/v1/posts', {
      token: minsu.token,
      body: { careerId: career.body.id, text: '첫 회의를 했다.', tags: ['#캡스톤', 'Team Work', '캡스톤'] },
    });
    expect(made.status).toBe(201);
    const feed = await app.request('GET', '/v1/feed', { token: minsu.token });
    expect(feed.body.items).toMatchObject([
      {
        id: made.body.id,
        text: '첫 회의를 했다.',
        isMine: true,
        tags: [{ name: '캡스톤' }, { name: 'teamwork' }],
      },
    ]);
    const careers = await app.request('GET', `/v1/users/${minsu.userId}/careers`, { token: minsu.token });
    expect(careers.body.items).toMatchObject([{ postCount: 1, ownPostCount: 1, sharePercent: 100 }]);
  });
});
