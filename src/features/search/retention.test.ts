/** What of a person goes with the purge from the index and from recent searches, and what comes along in an export. */
import { beforeAll, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { buildSearch, indexPrefixOf, loseIndexes } from '../../../test/harness/search.ts';
import { searchExportSteps, searchPurgeSteps } from './retention.ts';

let app: TestApp;
let leaver: TestPerson;
let other: TestPerson;

beforeAll(async () => {
  app = await startTestApp();
  leaver = await signUpPerson(app, { name: '떠난이' });
  other = await signUpPerson(app, { name: '남은이' });
  for (const person of [leaver, other])
    await writePost(app, person, {
      careerId: await makeCareer(app, person),
      text: '같은 글',
      tags: ['함께쓴태그'],
    });
  await buildSearch(app);
});

async function idsIn(kind: string, field: string): Promise<string[]> {
  const response = await fetch(
    `${app.urls.search}/indexes/${indexPrefixOf(app)}_${kind}/documents?limit=100`,
    {
      headers: { authorization: `Bearer ${String(app.env['MEILI_KEY'])}` },
    },
  );
  return ((await response.json()) as AnyJson).results.map((document: AnyJson) => document[field]);
}

async function purge(): Promise<number[]> {
  return app.asSystem(async (ctx) => {
    const counts = [];
    for (const step of searchPurgeSteps) counts.push(await step.run(ctx, leaver.userId));
    return counts;
  });
}

it('an export has what was looked for, by name', async () => {
  const [tag] = await app.sql<{ id: string }>("select id from tags where name = '함께쓴태그'");
  for (const body of [
    { kind: 'word', text: '공모전' },
    { kind: 'person', targetId: other.userId },
    { kind: 'tag', targetId: tag?.id },
  ])
    await app.request('PUT', '/v1/me/recent-searches', { token: leaver.token, body });
  const [step] = searchExportSteps;
  const chunk = await app.asSystem((ctx) => step!.read(ctx, leaver.userId, undefined));
  expect(chunk.next).toBeUndefined();
  expect(chunk.rows).toMatchObject([
    { kind: 'word', text: '공모전' },
    { kind: 'person', text: '남은이' },
    { kind: 'tag', text: '함께쓴태그' },
  ]);
});

it('documents and recent searches of the person go, those of others stay', async () => {
  const about = { kind: 'person', targetId: leaver.userId };
  await app.request('PUT', '/v1/me/recent-searches', { token: other.token, body: about });
  expect(await idsIn('people', 'id')).toContain(leaver.userId);
  // A change that nobody has taken up yet is about them as well.
  await app.request('PATCH', '/v1/me', { token: leaver.token, body: { introduction: '안녕' } });
  expect(await purge()).toEqual([0, 4]);
  expect(await purge()).toEqual([0, 0]);
  expect(await idsIn('people', 'id')).toEqual([other.userId]);
  expect(await idsIn('posts', 'authorId')).toEqual([other.userId]);
  expect(await app.sql('select * from recent_searches')).toEqual([]);
  expect(await app.sql('select * from search_changes where target_id = ?', leaver.userId)).toEqual([]);
});

it('an engine that is away is come back to; one without indexes holds nothing', async () => {
  await app.fault('search', { mode: 'drop' });
  await expect(purge()).rejects.toThrow();
  await app.fault('search', undefined);
  await loseIndexes(app);
  expect(await purge()).toEqual([0, 0]);
});
