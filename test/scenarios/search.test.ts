/** Search through the real Worker: indexes built by its jobs, and a post that is found moments after it was written. */
import { expect, inject, it } from 'vitest';
import { askForRebuild } from '../../local/commands/search-rebuild.ts';
import { callWorker, joinLoopUs } from '../harness/worker-client.ts';

const PATIENCE = { timeout: 20_000 };

it('whoever joins and writes is found, and is not once they have left', async () => {
  const minsu = await joinLoopUs('story.search.minsu@snu.ac.kr', '박달재');
  const viewer = await joinLoopUs('story.search.viewer@snu.ac.kr', '구경꾼');
  await askForRebuild({ ...inject('dataPlane').env, PUBLIC_URL: inject('worker').url });

  async function search(q: string) {
    const { status, body } = await callWorker('GET', `/v1/search?${new URLSearchParams({ q })}`, {
      token: viewer.token,
    });
    return {
      status,
      people: body.people?.map(({ id }: { id: string }) => id),
      posts: body.posts,
      tags: body.tags,
    };
  }

  await expect.poll(() => search('박달ㅈ'), PATIENCE).toMatchObject({ status: 200, people: [minsu.userId] });
  const career = await callWorker('POST', '/v1/careers', {
    token: minsu.token,
    body: { name: '고개 넘기', kind: 'personal' },
  });
  const post = await callWorker('POST', '/v1/posts', {
    token: minsu.token,
    body: { careerId: career.body.id, text: '천둥산을 넘었습니다', tags: ['등산일지'] },
  });
  await expect
    .poll(() => search('천둥산'), PATIENCE)
    .toMatchObject({ posts: [{ id: post.body.id, highlights: [{ field: 'text', start: 0, length: 3 }] }] });
  await expect.poll(() => search('ㄷㅅㅇㅈ'), PATIENCE).toMatchObject({ tags: [{ name: '등산일지' }] });

  await callWorker('POST', '/v1/account/leave', {
    token: minsu.token,
    body: { password: '봄이 오면 꽃이 핀다', reason: '' },
  });
  expect(await search('박달재')).toMatchObject({ status: 200, people: [], posts: [] });
});
