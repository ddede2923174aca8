/** The index lags: what it still says never shows anything that is not so any more. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { buildSearch, syncSearchNow } from '../../../test/harness/search.ts';
import { block } from '../../../test/harness/society.ts';

let app: TestApp;
let viewer: TestPerson;
let person: TestPerson;
let careerId: string;
let postId: string;
let count = 0;

beforeAll(async () => {
  app = await startTestApp();
  viewer = await signUpPerson(app, { name: '보는이' });
  await buildSearch(app);
});

/** Somebody with a post, in the index. Nothing syncs it after this. */
beforeEach(async () => {
  count += 1;
  person = await signUpPerson(app, { name: '오로라', schoolId: 11, fieldId: 4 });
  await app.request('PATCH', '/v1/me', {
    token: person.token,
    body: { introduction: '망원경을 좋아해요' },
  });
  careerId = await makeCareer(app, person, { name: '별자리 일지' });
  postId = await writePost(app, person, {
    careerId,
    text: '카시오페이아를 보았다',
    tags: [`은하수${count}`],
  });
  await syncSearchNow(app);
});

async function find(kind: string, q: string, more: Record<string, string> = {}): Promise<AnyJson[]> {
  const answer = await app.request('GET', `/v1/search/${kind}?${new URLSearchParams({ q, ...more })}`, {
    token: viewer.token,
  });
  expect(answer.status).toBe(200);
  return answer.body.items;
}

async function isFound(
  kind: string,
  q: string,
  id: string,
  more: Record<string, string> = {},
): Promise<boolean> {
  return (await find(kind, q, more)).some((item) => item.id === id);
}

async function everywhere(): Promise<boolean[]> {
  const box = await app.request('GET', `/v1/search?${new URLSearchParams({ q: '오로라' })}`, {
    token: viewer.token,
  });
  return [
    await isFound('people', '오로라', person.userId),
    await isFound('people', '망원경', person.userId),
    await isFound('posts', '카시오페이아', postId),
    JSON.stringify(box.body).includes(person.userId),
  ];
}

const ALL = [true, true, true, true];
const NOWHERE = [false, false, false, false];

describe('at once, although the index has not moved', () => {
  it('a deleted post is gone', async () => {
    expect(await everywhere()).toEqual(ALL);
    await app.request('DELETE', `/v1/posts/${postId}`, { token: person.token });
    expect(await isFound('posts', '카시오페이아', postId)).toBe(false);
    expect(await isFound('posts', `은하수${count}`, postId)).toBe(false);
  });

  it('a block hides each from the other', async () => {
    await block(app, viewer, person);
    expect(await everywhere()).toEqual(NOWHERE);
    await app.request('DELETE', `/v1/users/${person.userId}/block`, { token: viewer.token });
    expect(await everywhere()).toEqual(ALL);
    await block(app, person, viewer);
    expect(await everywhere()).toEqual(NOWHERE);
  });

  it.each([
    ['leaves', 'left_at'],
    ['is suspended', 'suspended_at'],
  ])('whoever %s is gone with their posts', async (_what, column) => {
    await app.sql(`update users set ${column} = now(3) where id = ?`, person.userId);
    expect(await everywhere()).toEqual(NOWHERE);
  });

  it('a post that staff have hidden is gone', async () => {
    await app.sql('update posts set deleted_at = now(3) where id = ?', postId);
    expect(await isFound('posts', '카시오페이아', postId)).toBe(false);
  });

  it('a new name is shown, and the old one leads nowhere', async () => {
    await app.request('PATCH', '/v1/me', { token: person.token, body: { name: '신새벽' } });
    expect(await isFound('people', '오로라', person.userId)).toBe(false);
    const [byText] = (await find('people', '망원경')).filter(({ id }) => id === person.userId);
    expect(byText.name).toBe('신새벽');
    await syncSearchNow(app);
    expect(await isFound('people', '신새벽', person.userId)).toBe(true);
  });

  it('words that somebody took back lead nowhere', async () => {
    await app.request('PATCH', '/v1/me', {
      token: person.token,
      body: { introduction: '요리를 해요' },
    });
    expect(await isFound('people', '망원경', person.userId)).toBe(false);
    await app.request('PATCH', `/v1/posts/${postId}`, {
      token: person.token,
      body: { text: '구름뿐이었다' },
    });
    expect(await isFound('posts', '카시오페이아', postId)).toBe(false);
    const [byTag] = (await find('posts', `은하수${count}`)).filter(({ id }) => id === postId);
    expect([byTag.text, byTag.highlights.map(({ field }: AnyJson) => field)]).toEqual([
      '구름뿐이었다',
      ['tags'],
    ]);
  });

  it('a career that was renamed is shown by its new name, and not found by the old', async () => {
    await app.request('PATCH', `/v1/careers/${careerId}`, {
      token: person.token,
      body: { name: '구름 일지' },
    });
    expect(await isFound('posts', '별자리', postId)).toBe(false);
    const [post] = (await find('posts', '카시오페이아')).filter(({ id }) => id === postId);
    expect(post.career.name).toBe('구름 일지');
  });

  it('whoever moved to another school is under no filter of the old one', async () => {
    expect(await isFound('people', '오로라', person.userId, { schoolId: '11' })).toBe(true);
    await app.sql('update users set school_id = 12, field_id = 5 where id = ?', person.userId);
    expect(await isFound('people', '오로라', person.userId, { schoolId: '11' })).toBe(false);
    expect(await isFound('people', '오로라', person.userId, { fieldId: '4' })).toBe(false);
    const [found] = (await find('people', '오로라')).filter(({ id }) => id === person.userId);
    expect(found.school.id).toBe(12);
  });
});

describe('after the job', () => {
  it('a renamed career is found by its new name, and whoever comes back is found again', async () => {
    await app.request('PATCH', `/v1/careers/${careerId}`, {
      token: person.token,
      body: { name: '혜성 일지' },
    });
    await syncSearchNow(app);
    expect(await isFound('posts', '혜성', postId)).toBe(true);
    expect(await isFound('posts', '별자리', postId)).toBe(false);
  });

  it('tags that were taken off lead to the post no more, and those put on do', async () => {
    await app.request('PATCH', `/v1/posts/${postId}`, {
      token: person.token,
      body: { tags: [`성운${count}`] },
    });
    await syncSearchNow(app);
    expect(await isFound('posts', `은하수${count}`, postId)).toBe(false);
    expect(await isFound('posts', `성운${count}`, postId)).toBe(true);
    expect((await find('tags', `성운${count}`)).map(({ name }) => name)).toEqual([`성운${count}`]);
    expect(await find('tags', `은하수${count}`)).toEqual([]);
    expect(await isFound('people', `성운${count}`, person.userId)).toBe(true);
  });
});
