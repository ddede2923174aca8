/** What people looked for: at most 50, their own affair, and no way to somebody who is not to be seen. */
import { beforeAll, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { block, countOf } from '../../../test/harness/society.ts';

const PATH = '/v1/me/recent-searches';

let app: TestApp;
let me: TestPerson;

beforeAll(async () => {
  app = await startTestApp();
});

async function newPerson(): Promise<void> {
  me = await signUpPerson(app);
}

function add(body: object, who = me) {
  return app.request('PUT', PATH, { token: who.token, body });
}

async function list(who = me): Promise<AnyJson[]> {
  return (await app.request('GET', PATH, { token: who.token })).body.items;
}

it('words, people and tags stand newest first; one again moves up', async () => {
  await newPerson();
  const other = await signUpPerson(app, { name: '이웃' });
  await writePost(app, other, { careerId: await makeCareer(app, other), tags: ['최근검색태그'] });
  const [tag] = await app.sql<{ id: string }>("select id from tags where name = '최근검색태그'");
  const entries = [
    { kind: 'word', text: '공모전' },
    { kind: 'person', targetId: other.userId },
    { kind: 'tag', targetId: tag?.id },
    { kind: 'word', text: '공모전' },
  ];
  for (const entry of entries) {
    expect((await add(entry)).status).toBe(204);
    app.clock.advance(1000);
  }
  const items = await list();
  expect(
    items.map(({ kind, text, person, tag: shown }) => [kind, text ?? person?.name ?? shown?.name]),
  ).toEqual([
    ['word', '공모전'],
    ['tag', '최근검색태그'],
    ['person', '이웃'],
  ]);
  expect(items[0].searchedAt > items[1].searchedAt).toBe(true);
  expect(await list(other)).toEqual([]);
});

it('are one row however often and at once they are added', async () => {
  await newPerson();
  const answers = await Promise.all(Array.from({ length: 8 }, () => add({ kind: 'word', text: '한꺼번에' })));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(204));
  expect(await list()).toHaveLength(1);
});

it('are 50 at most: the oldest go', async () => {
  await newPerson();
  for (let index = 0; index < 53; index += 1) await add({ kind: 'word', text: `말 ${index}` });
  const texts = (await list()).map(({ text }) => text);
  expect([texts.length, texts[0], texts[49]]).toEqual([50, '말 52', '말 3']);
  expect(await countOf(app, 'select count(*) as n from recent_searches where user_id = ?', me.userId)).toBe(
    50,
  );
});

it('are removed one by one or all at once, each only by their owner', async () => {
  await newPerson();
  const other = await signUpPerson(app);
  for (const text of ['하나', '둘', '셋']) await add({ kind: 'word', text });
  const [newest] = await list();
  const remove = (who: TestPerson) => app.request('DELETE', `${PATH}/${newest.id}`, { token: who.token });
  expect((await remove(other)).status).toBe(204);
  expect(await list()).toHaveLength(3);
  for (let time = 0; time < 2; time += 1) expect((await remove(me)).status).toBe(204);
  expect((await list()).map(({ text }) => text)).toEqual(['둘', '하나']);
  await app.request('DELETE', PATH, { token: other.token });
  expect(await list()).toHaveLength(2);
  expect((await app.request('DELETE', PATH, { token: me.token })).status).toBe(204);
  expect(await list()).toEqual([]);
});

it('lead to nobody who is hidden from the viewer, and take nobody in who is', async () => {
  await newPerson();
  const [blocker, gone] = [await signUpPerson(app), await signUpPerson(app)];
  for (const { userId } of [blocker, gone]) await add({ kind: 'person', targetId: userId });
  expect(await list()).toHaveLength(2);
  await block(app, blocker, me);
  await app.sql('update users set left_at = now(3) where id = ?', gone.userId);
  expect(await list()).toEqual([]);
  for (const targetId of [blocker.userId, gone.userId, '1']) {
    const answer = await add({ kind: 'person', targetId });
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  }
  expect((await add({ kind: 'tag', targetId: '1' })).body.code).toBe('not_found');
});

it('are a word with its text, or a person or tag with its id', async () => {
  await newPerson();
  for (const body of [
    { kind: 'word' },
    { kind: 'word', targetId: '5' },
    { kind: 'word', text: '글', targetId: '5' },
    { kind: 'person', text: '이름' },
    { kind: 'company', targetId: '5' },
    { kind: 'word', text: '' },
  ])
    expect((await add(body)).body.code, JSON.stringify(body)).toBe('invalid_input');
});

it('cost little', async () => {
  await newPerson();
  const other = await signUpPerson(app);
  const added = await add({ kind: 'person', targetId: other.userId });
  expect(added.cost.statements).toBeLessThanOrEqual(6);
  expect(added.cost.sequentialRoundTrips).toBeLessThanOrEqual(6);
  const read = await app.request('GET', PATH, { token: me.token });
  expect(read.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
  expect(read.cost.statements).toBeLessThanOrEqual(8);
});
