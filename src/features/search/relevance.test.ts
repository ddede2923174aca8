/**
 * The relevance table, against the stand-in or the real engine (`MEILI_URL=… npm run test:search`): what must come first
 * and what must not appear. It stands on what the engine documents, and is not tuned to either.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Meilisearch } from 'meilisearch';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { buildSearch, indexPrefixOf } from '../../../test/harness/search.ts';
import { seedDepartments, seedSchools } from '../schools/index.ts';
import {
  peopleCases,
  people,
  postCases,
  posts,
  schoolCases,
  tagCases,
  type Case,
  type Person,
  type Post,
} from './relevance-corpus.ts';

let app: TestApp;
let viewer: TestPerson;
const keyById = new Map<string, string>();

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  viewer = await signUpPerson(app, { name: '관찰자' });
  await writePosts(viewer);
  for (const [key, person] of Object.entries(people)) keyById.set(await enter(person), key);
  await buildSearch(app);
  // A slow engine is waited for by the job, message by message.
  await vi.waitFor(
    async () => {
      await app.queue.deliver();
      expect(await app.sql('select kind from search_indexes where rebuild_id is not null')).toEqual([]);
    },
    { timeout: 50_000 },
  );
});

/** Leaves nothing behind in a server that others use. */
afterAll(async () => {
  const engine = new Meilisearch({
    host: String(app.env['MEILI_URL']),
    apiKey: String(app.env['MEILI_KEY']),
  });
  const { results } = await engine.getRawIndexes({ limit: 1000 });
  for (const { uid } of results) if (uid.startsWith(`${indexPrefixOf(app)}_`)) await engine.deleteIndex(uid);
});

async function writePosts(author: TestPerson): Promise<void> {
  const careers = new Map<string, string>();
  for (const [key, { text, tags = [], career = '기록' }] of Object.entries<Post>(posts)) {
    const careerId = careers.get(career) ?? (await makeCareer(app, author, { name: career }));
    careers.set(career, careerId);
    keyById.set(await writePost(app, author, { careerId, text, tags }), key);
    app.clock.advance(60_000);
  }
}

async function enter({ name, school, department, introduction = '' }: Person): Promise<string> {
  const known = seedDepartments.find(({ nameKo }) => nameKo === department);
  const { userId } = await signUpPerson(app, {
    name,
    schoolId: seedSchools.find(({ nameKo }) => nameKo === school)!.id,
    departmentId: known!.id,
    fieldId: known!.fieldId,
  });
  await app.sql('update users set introduction = ? where id = ?', introduction, userId);
  return userId;
}

async function search(kind: string, q: string): Promise<AnyJson[]> {
  const path = `/v1/search/${kind}?${new URLSearchParams({ q, limit: '50' })}`;
  const answer = await app.request('GET', path, { token: viewer.token });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.items;
}

const kinds: [string, readonly Case[], (item: AnyJson) => string][] = [
  ['people', peopleCases, ({ id, name }) => keyById.get(id) ?? name],
  ['posts', postCases, ({ id, text }) => keyById.get(id) ?? text],
  ['tags', tagCases, ({ name }) => name],
  ['schools', schoolCases, ({ nameKo }) => nameKo],
];

it('has a table of at least 60 queries', () => {
  expect(kinds.flatMap(([, cases]) => cases).length).toBeGreaterThanOrEqual(60);
});

describe.each(kinds)('%s', (kind, cases, keyOf) => {
  it.each(cases)('$q', async ({ q, first, not = [] }) => {
    const found = (await search(kind, q)).map(keyOf);
    expect(found.slice(0, first.length).toSorted()).toEqual(first.toSorted());
    expect(found.filter((key) => not.includes(key))).toEqual([]);
  });
});
