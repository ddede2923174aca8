/** The stand-in as the official client meets it: every call that the project makes, and the engine's own errors. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Meilisearch, MeilisearchApiError, type Index } from 'meilisearch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StandIn } from '../stand-in.ts';
import { startMeilisearch } from './server.ts';

const KEY = 'master-key-of-the-test';

let server: StandIn;
let client: Meilisearch;
let count = 0;

beforeAll(async () => {
  server = await startMeilisearch({ key: KEY });
  client = new Meilisearch({ host: server.url, apiKey: KEY });
});

afterAll(() => server.close());

async function control(name: string, body: object): Promise<void> {
  const response = await fetch(`${server.url}/_control/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

const movies = [
  { id: 'a', title: '오징어 게임', genre: ['drama', 'thriller'], year: 2021, note: null },
  { id: 'b', title: '기생충', genre: ['drama'], year: 2019, note: '' },
  { id: 'c', title: 'Parasite Island', genre: ['horror'], year: 1990 },
  { id: 'd', title: '게임 개발자의 하루', genre: [], year: 2024, note: 'x' },
];

/** An index of its own for each test. */
async function makeIndex(settings: object = {}, documents: object[] = movies): Promise<Index> {
  count += 1;
  const uid = `films-${count}`;
  await client.createIndex(uid, { primaryKey: 'id' }).waitTask();
  const index = client.index(uid);
  await index
    .updateSettings({
      searchableAttributes: ['title', 'genre'],
      filterableAttributes: ['id', 'genre', 'year', 'note'],
      sortableAttributes: ['year'],
      ...settings,
    })
    .waitTask();
  await index.addDocuments(documents).waitTask();
  return index;
}

async function idsOf(index: Index, q: string, params: object = {}): Promise<unknown[]> {
  return (await index.search(q, params)).hits.map((hit) => hit['id']);
}

async function refusal(work: Promise<unknown>): Promise<MeilisearchApiError['cause'] & { status: number }> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof MeilisearchApiError) || !error.cause) throw error;
    return { ...error.cause, status: error.response.status };
  }
  throw new Error('it was not refused');
}

describe('the door', () => {
  it('tells its health to everybody, and nothing else without the key', async () => {
    expect(await new Meilisearch({ host: server.url }).health()).toEqual({ status: 'available' });
    expect(await refusal(new Meilisearch({ host: server.url }).getIndexes())).toMatchObject({
      status: 401,
      code: 'missing_authorization_header',
      type: 'auth',
      link: 'https://docs.meilisearch.com/errors#missing_authorization_header',
    });
    const stranger = new Meilisearch({ host: server.url, apiKey: 'another' });
    expect(await refusal(stranger.getIndexes())).toMatchObject({ status: 403, code: 'invalid_api_key' });
  });

  it('knows the key under a name too, whose faults are its own', async () => {
    const named = new Meilisearch({ host: server.url, apiKey: `${KEY}.one` });
    await control('faults', { mode: 'error', authorization: `Bearer ${KEY}.one` });
    await expect(named.getVersion()).rejects.toThrow();
    expect((await client.getVersion()).pkgVersion).toBe('1.50.0');
    await control('faults', { mode: 'none', authorization: `Bearer ${KEY}.one` });
    await control('garbage', { authorization: `Bearer ${KEY}.one`, isOn: true });
    await expect(named.getVersion()).rejects.toThrow(SyntaxError);
    await control('garbage', { authorization: `Bearer ${KEY}.one`, isOn: false });
    expect((await named.getVersion()).pkgVersion).toBe('1.50.0');
  });
});

describe('writes', () => {
  it('are enqueued first and carried out as tasks afterwards', async () => {
    const index = await makeIndex();
    const enqueued = await index.addDocuments([{ id: 'e', title: '헤어질 결심' }]);
    expect(enqueued).toMatchObject({
      status: 'enqueued',
      type: 'documentAdditionOrUpdate',
      indexUid: index.uid,
    });
    expect(await client.tasks.waitForTask(enqueued)).toMatchObject({
      uid: enqueued.taskUid,
      status: 'succeeded',
      details: { receivedDocuments: 1, indexedDocuments: 1 },
      error: null,
    });
    expect(await index.getDocument('e')).toEqual({ id: 'e', title: '헤어질 결심' });
    const { results, total } = await client.tasks.getTasks({ uids: [enqueued.taskUid] });
    expect([results.map(({ uid }) => uid), total]).toEqual([[enqueued.taskUid], 1]);
  });

  it('replace whole documents, update named fields, and delete by id, by filter and all', async () => {
    const index = await makeIndex();
    await index.addDocuments([{ id: 'a', title: '새 이름' }]).waitTask();
    await index.updateDocuments([{ id: 'b', year: 2020 }]).waitTask();
    expect(await index.getDocument('a')).toEqual({ id: 'a', title: '새 이름' });
    expect(await index.getDocument('b')).toMatchObject({ title: '기생충', year: 2020 });
    expect(await idsOf(index, '오징어')).toEqual([]);
    expect((await index.deleteDocuments(['a', 'none']).waitTask()).details).toMatchObject({
      providedIds: 2,
      deletedDocuments: 1,
    });
    await index.deleteDocuments({ filter: 'year = 2020' }).waitTask();
    expect((await index.getDocuments()).results.map((document) => document['id'])).toEqual(['c', 'd']);
    await index.deleteDocument('c').waitTask();
    await index.deleteAllDocuments().waitTask();
    expect((await index.getStats()).numberOfDocuments).toBe(0);
  });

  it('that fail say why in the task', async () => {
    const index = await makeIndex();
    expect((await client.createIndex(index.uid).waitTask()).error).toMatchObject({
      code: 'index_already_exists',
    });
    expect((await client.deleteIndex('nowhere').waitTask()).error).toMatchObject({ code: 'index_not_found' });
    expect((await index.addDocuments([{ id: 'no spaces' }]).waitTask()).error).toMatchObject({
      code: 'invalid_document_id',
    });
    const batch = [{ id: 'fine' }, { title: 'no id' }];
    expect((await index.addDocuments(batch).waitTask()).error).toMatchObject({ code: 'missing_document_id' });
    expect(await refusal(index.getDocument('fine'))).toMatchObject({
      status: 404,
      code: 'document_not_found',
    });
    expect(await refusal(index.updateSettings({ rankingRules: ['best'] }))).toMatchObject({
      code: 'invalid_settings_ranking_rules',
    });
    const failed = await client.tasks.getTasks({ statuses: ['failed'], indexUids: [index.uid] });
    expect(failed.total).toBe(3);
  });

  it('make an index that is not there, with default settings', async () => {
    await client
      .index('made-by-writing')
      .addDocuments([{ id: 1, name: '나' }])
      .waitTask();
    const settings = await client.index('made-by-writing').getSettings();
    expect(settings).toMatchObject({ searchableAttributes: ['*'], filterableAttributes: [] });
    expect((await client.index('made-by-writing').getRawInfo()).primaryKey).toBe('id');
  });

  it('swap two indexes in one step', async () => {
    const [first, second] = [await makeIndex(), await makeIndex({}, [{ id: 'z', title: '다른 것' }])];
    const swapped = await client
      .swapIndexes([{ indexes: [first.uid, second.uid], rename: false }])
      .waitTask();
    expect(swapped).toMatchObject({ type: 'indexSwap', indexUid: null, status: 'succeeded' });
    expect(await idsOf(first, '')).toEqual(['z']);
    expect(await idsOf(second, '기생충')).toEqual(['b']);
    const missing = await client.swapIndexes([{ indexes: [first.uid, 'nowhere'], rename: false }]).waitTask();
    expect(missing.error).toMatchObject({ code: 'index_not_found' });
    const { results } = await client.tasks.getTasks({ types: ['indexSwap'], limit: 1 });
    expect(results[0]?.uid).toBe(missing.uid);
  });
});

describe('the switches of tasks', () => {
  it('hold, slow and fail the tasks of some indexes alone', async () => {
    const [held, other] = [await makeIndex(), await makeIndex()];
    await control('tasks', { prefix: held.uid, fault: { isHeld: true } });
    const waiting = await held.deleteAllDocuments();
    await other.deleteAllDocuments().waitTask();
    expect((await client.tasks.getTask(waiting.taskUid)).status).toBe('enqueued');
    await control('tasks', { prefix: held.uid, fault: { failures: 1 } });
    expect((await client.tasks.waitForTask(waiting)).error).toMatchObject({ code: 'internal' });
    await control('tasks', { prefix: held.uid, fault: { delayMs: 30 } });
    const slow = await held.deleteAllDocuments().waitTask();
    expect(slow.status).toBe('succeeded');
    expect(Date.parse(slow.finishedAt ?? '') - Date.parse(slow.startedAt ?? '')).toBeGreaterThanOrEqual(25);
    await control('tasks', { prefix: held.uid });
    await control('lose', { prefix: held.uid });
    expect(await refusal(held.search('게임'))).toMatchObject({ status: 404, code: 'index_not_found' });
  });
});

describe('a search', () => {
  let index: Index;

  beforeEach(async () => {
    index = await makeIndex();
  });

  it('finds words, beginnings of the last word, and half-typed syllables', async () => {
    expect(await idsOf(index, '기생충')).toEqual(['b']);
    expect(await idsOf(index, '기새')).toEqual(['b']);
    expect(await idsOf(index, '오지')).toEqual(['a']);
    expect(await idsOf(index, 'PARAS')).toEqual(['c']);
    expect(await idsOf(index, '기생충'.normalize('NFD'))).toEqual(['b']);
    expect(await idsOf(index, '개발자의')).toEqual(['d']);
  });

  it('forgives typos by the length of the word in jamo, unless they are off for the attribute', async () => {
    expect(await idsOf(index, 'parasote')).toEqual(['c']);
    expect(await idsOf(index, 'prasote')).toEqual([]);
    expect(await idsOf(index, '기셍충')).toEqual(['b']);
    const typoTolerance = { minWordSizeForTypos: { oneTypo: 9, twoTypos: 15 } };
    expect(await idsOf(await makeIndex({ typoTolerance }), '기셍충')).toEqual([]);
    const strict = await makeIndex({ typoTolerance: { disableOnAttributes: ['title'] } });
    expect(await idsOf(strict, 'parasote')).toEqual([]);
    expect(await idsOf(strict, 'thriler')).toEqual(['a']);
  });

  it('ranks by words, typos, nearness, attribute and own rules', async () => {
    expect(await idsOf(index, '오징어 게임')).toEqual(['a']);
    expect(await idsOf(index, '게임 개발자')).toEqual(['d', 'a']);
    expect(await idsOf(index, '게임 개발자', { matchingStrategy: 'all' })).toEqual(['d']);
    const near = await makeIndex({}, [
      { id: 'far', title: '데이터를 모아서 며칠 뒤에 분석' },
      { id: 'near', title: '데이터 분석' },
    ]);
    expect(await idsOf(near, '데이터 분석')).toEqual(['near', 'far']);
    const rules = ['words', 'typo', 'attribute', 'year:desc'];
    expect(await idsOf(await makeIndex({ rankingRules: rules }), '게임')).toEqual(['d', 'a']);
    expect(await idsOf(index, '', { sort: ['year:asc'] })).toEqual(['c', 'b', 'a', 'd']);
    expect(await idsOf(index, 'drama', { attributesToSearchOn: ['title'] })).toEqual([]);
  });

  it('knows synonyms, stop words, and words written together or apart', async () => {
    const other = await makeIndex({ synonyms: { 봉준호: ['기생충'] }, stopWords: ['하루'] });
    expect(await idsOf(other, '봉준호')).toEqual(['b']);
    expect(await idsOf(other, '하루 게임', { matchingStrategy: 'all' })).toEqual(['a', 'd']);
    expect(await idsOf(index, '오징어게임')).toEqual(['a']);
    expect(await idsOf(index, '기생 충')).toEqual(['b']);
  });

  it.each([
    ['year > 2000 AND genre = drama', ['a', 'b']],
    ['year 2019 TO 2021', ['a', 'b']],
    ['genre IN [horror, "thriller"]', ['a', 'c']],
    ['genre NOT IN [horror, thriller]', ['b', 'd']],
    ['NOT (year >= 2020 OR year <= 1990)', ['b']],
    ['year != 2019', ['a', 'c', 'd']],
    ['note EXISTS AND note IS NOT NULL', ['b', 'd']],
    ['note NOT EXISTS', ['c']],
    ['note IS NULL', ['a']],
    ['note IS EMPTY OR genre IS EMPTY', ['b', 'd']],
    [
      ['year > 2000', ['genre = thriller', 'id = d']],
      ['a', 'd'],
    ],
  ])('filters by %s', async (filter, ids) => {
    expect((await idsOf(index, '', { filter })).toSorted()).toEqual(ids);
  });

  it('pages by offset or by page, within what can be reached', async () => {
    expect(await idsOf(index, '', { limit: 2, offset: 1 })).toEqual(['b', 'c']);
    const page = await index.search('', { page: 2, hitsPerPage: 3 });
    expect(page).toMatchObject({ page: 2, hitsPerPage: 3, totalPages: 2, totalHits: 4 });
    const bounded = await makeIndex({ pagination: { maxTotalHits: 3 } });
    const answer = await bounded.search('', { limit: 10, offset: 2 });
    expect([answer.hits.length, answer.estimatedTotalHits]).toEqual([1, 3]);
  });

  it('marks matches, tells their places, counts facets', async () => {
    const { hits, facetDistribution } = await index.search('오징어 게', {
      attributesToRetrieve: ['id'],
      attributesToHighlight: ['title'],
      highlightPreTag: '[',
      highlightPostTag: ']',
      showMatchesPosition: true,
      facets: ['genre'],
      filter: 'id = a',
    });
    expect(hits).toEqual([
      {
        id: 'a',
        _formatted: { id: 'a', title: '[오징어] [게]임' },
        _matchesPosition: {
          title: [
            { start: 0, length: 9 },
            { start: 10, length: 3 },
          ],
        },
      },
    ]);
    expect(facetDistribution).toEqual({ genre: { drama: 1, thriller: 1 } });
  });

  it('refuses what the engine refuses', async () => {
    expect(await refusal(index.search('', { filter: 'title = a' }))).toMatchObject({
      status: 400,
      code: 'invalid_search_filter',
      message: expect.stringContaining(
        'Attribute `title` is not filterable. Available filterable attribute patterns are: `id`, `genre`',
      ),
    });
    for (const filter of ['year >', 'year = 1 AND', '(year = 1', 'year IN [1', 'year = 1 year = 2'])
      expect((await refusal(index.search('', { filter }))).code, filter).toBe('invalid_search_filter');
    expect((await refusal(index.search('', { sort: ['title:asc'] }))).code).toBe('invalid_search_sort');
    expect((await refusal(index.search('', { facets: ['title'] }))).code).toBe('invalid_search_facets');
    expect((await refusal(index.search('', { attributesToSearchOn: ['year'] }))).code).toBe(
      'invalid_search_attributes_to_search_on',
    );
    expect((await refusal(index.search('', { attributesToCrop: ['title'] }))).code).toBe('bad_request');
  });
});

describe('a multi-search', () => {
  it('answers each query in its place', async () => {
    const [first, second] = [await makeIndex(), await makeIndex()];
    const { results } = await client.multiSearch({
      queries: [
        { indexUid: first.uid, q: '기생충' },
        { indexUid: second.uid, q: '게임', limit: 1 },
      ],
    });
    expect(results.map(({ indexUid, hits }) => [indexUid, hits.length])).toEqual([
      [first.uid, 1],
      [second.uid, 1],
    ]);
  });

  it('fails as a whole at the first error', async () => {
    const index = await makeIndex();
    const queries = [{ indexUid: index.uid }, { indexUid: 'nested' }];
    expect(await refusal(client.multiSearch({ queries }))).toMatchObject({
      status: 400,
      code: 'index_not_found',
      message: 'Inside `.queries[1]`: Index `nested` not found.',
    });
  });
});

it('settings are read and changed one by one, and keep what is not named', async () => {
  const index = await makeIndex();
  await index.updateSynonyms({ 콘솔: ['게임'] }).waitTask();
  await index.updateTypoTolerance({ minWordSizeForTypos: { oneTypo: 8 } }).waitTask();
  expect(await index.getSynonyms()).toEqual({ 콘솔: ['게임'] });
  expect(await index.getTypoTolerance()).toMatchObject({ minWordSizeForTypos: { oneTypo: 8, twoTypos: 9 } });
  await index.resetSynonyms().waitTask();
  expect(await index.getSettings()).toMatchObject({ synonyms: {}, searchableAttributes: ['title', 'genre'] });
});

it('many changes to a document leave the newest alone to be found', async () => {
  const index = await makeIndex();
  for (const round of ['alpha', 'bravo', 'gamma']) {
    const batch = Array.from({ length: 700 }, (_, at) => ({ id: `n${at}`, title: `${round} 문서` }));
    await index.addDocuments(batch).waitTask();
  }
  expect((await index.search('gamma', { limit: 0 })).estimatedTotalHits).toBe(700);
  expect(await idsOf(index, 'alpha')).toEqual([]);
});

it('indexes and the numbers of tasks survive a restart with a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loopus-search-'));
  const statePath = join(folder, 'meilisearch.json');
  const before = await startMeilisearch({ key: KEY, statePath });
  const writer = new Meilisearch({ host: before.url, apiKey: KEY }).index('kept');
  await writer.updateSettings({ sortableAttributes: ['year'] }).waitTask();
  const { taskUid } = await writer.addDocuments(movies);
  await new Meilisearch({ host: before.url, apiKey: KEY }).tasks.waitForTask(taskUid);
  await before.close();
  const after = await startMeilisearch({ key: KEY, statePath });
  const reader = new Meilisearch({ host: after.url, apiKey: KEY }).index('kept');
  expect((await reader.search('', { sort: ['year:desc'] })).hits[0]).toEqual(movies[3]);
  expect((await reader.deleteDocument('a')).taskUid).toBe(taskUid + 1);
  await after.close();
  rmSync(folder, { recursive: true });
});
