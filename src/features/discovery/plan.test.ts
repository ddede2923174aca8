/** Which tags a day's visits are for: what many people use, and in turn everything else. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { createTestSource, keepTags, registryOf, useTags } from '../../../test/harness/crawl-engine.ts';
import { signUpPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import type { SourcePlan } from '../../schema/discovery.ts';
import { planRun } from './plan.ts';
import type { Source } from './source.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ registry: registryOf([]) });
});

beforeEach(async () => {
  for (const table of ['discovery_visits', 'discovery_runs', 'post_tags', 'tags', 'tag_days']) {
    await app.sql(`delete from ${table}`);
  }
  app.clock.advance(30 * 86_400_000);
});

const sourceWith = (visits: number, id = 'test') => createTestSource(id, { visits });
const today = () => koreanDay(app.clock.now());

async function plan(sources: readonly Source[], day = today()): Promise<Record<string, SourcePlan>> {
  await app.asSystem((ctx) => planRun(ctx, sources, day));
  const [row] = await app.sql<{ plan: Record<string, SourcePlan> }>(
    'select plan from discovery_runs where day = ?',
    day,
  );
  if (!row) throw new Error('no run');
  return row.plan;
}

/** Names of the tags that a day's visits are for, in their order. */
async function planned(day = today(), source = 'test'): Promise<string[]> {
  const rows = await app.sql<{ name: string }>(
    `select name from discovery_visits inner join tags on id = tag_id where day = ? and source = ? order by position`,
    day,
    source,
  );
  return rows.map(({ name }) => name);
}

describe('hot tags', () => {
  it('are those that most people have used, and then those used most', async () => {
    await useTags(app, { 셋이: 3, 둘이: 2, 하나: 1 });
    const pusher = await signUpPerson(app);
    const careerId = await makeCareer(app, pusher);
    for (let post = 0; post < 6; post += 1)
      await writePost(app, pusher, { careerId, tags: ['도배', '둘이'] });
    await useTags(app, { 또둘: 3 });
    await app.settle();
    await plan([sourceWith(10)]);
    expect(await planned()).toEqual(['둘이', '또둘', '셋이', '도배', '하나']);
  });

  it('are those of the last seven days and this one, in posts that are still there', async () => {
    await useTags(app, { 옛날: 3, 지운: 1 });
    app.clock.advance(8 * 86_400_000);
    await useTags(app, { 지난주: 1 });
    app.clock.advance(7 * 86_400_000);
    const writer = await signUpPerson(app);
    const careerId = await makeCareer(app, writer);
    const gone = await writePost(app, writer, { careerId, tags: ['지운'] });
    await writePost(app, writer, { careerId, tags: ['오늘'] });
    expect((await app.request('DELETE', `/v1/posts/${gone}`, { token: writer.token })).status).toBe(204);
    await app.settle();
    const { test } = await plan([sourceWith(10)]);
    expect(test).toMatchObject({ hot: 2, rotated: 2 });
    expect((await planned()).slice(0, 2).toSorted()).toEqual(['오늘', '지난주']);
    expect((await planned()).slice(2).toSorted()).toEqual(['옛날', '지운']);
  });
});

describe('the plan of a day', () => {
  it('gives four fifths of the visits to hot tags at most, and tells what is left over', async () => {
    await useTags(app, Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`뜨는${index}`, 1])));
    await keepTags(
      app,
      Array.from({ length: 15 }, (_, index) => `남은${index}`),
    );
    const plans = await plan([sourceWith(10), sourceWith(100, 'wide'), sourceWith(1, 'narrow')]);
    expect(plans).toMatchObject({
      test: { hot: 8, rotated: 2, leftOver: 25, isConfigured: true },
      wide: { hot: 20, rotated: 15, leftOver: 0 },
      narrow: { hot: 0, rotated: 1, leftOver: 34 },
    });
    expect(await planned()).toHaveLength(10);
    expect(new Set(await planned(today(), 'wide')).size).toBe(35);
    const positions = await app.sql<{ position: number }>(
      "select position from discovery_visits where source = 'wide' order by position",
    );
    expect(positions.map(({ position }) => position)).toEqual(
      Array.from({ length: 35 }, (_, index) => index),
    );
  });

  it('is made once, however often and at once it is asked for', async () => {
    await useTags(app, { 하나: 1, 둘: 2 });
    const sources = [sourceWith(5), sourceWith(5, 'other')];
    const plans = await Promise.all([plan(sources), plan(sources), plan(sources)]);
    await keepTags(app, ['셋']);
    plans.push(await plan(sources));
    expect(new Set(plans.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await planned()).toEqual(['둘', '하나']);
    expect(await planned(today(), 'other')).toEqual(['둘', '하나']);
  });

  it('reaches every living tag in turn over the days, hot ones daily and none twice a day', async () => {
    const living = Array.from({ length: 23 }, (_, index) => `차례${index}`);
    await keepTags(app, living);
    await app.sql(
      "insert into tags (id, name, choseong, post_count, created_at) values (1, '죽은태그', '', 0, now(3))",
    );
    await useTags(app, { 뜨거움: 2 });
    const seen: string[] = [];
    const first = today();
    // A visit is hot's, four are the rotation's: 23 tags take six days.
    for (let index = 0; index < 6; index += 1) {
      const day = addDays(first, index);
      const { test } = await plan([sourceWith(5)], day);
      expect(test).toMatchObject({ hot: 1, rotated: 4, leftOver: 19 });
      const names = await planned(day);
      expect(new Set(names).size).toBe(5);
      expect(names[0]).toBe('뜨거움');
      seen.push(...names.slice(1));
      await useTags(app, { 뜨거움: 1 });
    }
    expect(new Set(seen)).toEqual(new Set(living));
    // The last day has begun from the beginning.
    expect(seen.slice(-1)).toEqual(seen.slice(0, 1));
  });

  it('of a source without keys visits nothing, says so, and leaves the rotation where it is', async () => {
    await keepTags(app, ['가', '나', '다', '라']);
    const first = today();
    const { test: before } = await plan([sourceWith(2)], first);
    const keyless = { ...sourceWith(2), isConfigured: () => false };
    const { test: without } = await plan([keyless], addDays(first, 1));
    expect(without).toEqual({
      hot: 0,
      rotated: 0,
      leftOver: 4,
      rotatedTo: before?.rotatedTo,
      isConfigured: false,
    });
    expect(await planned(addDays(first, 1))).toEqual([]);
    await plan([sourceWith(2)], addDays(first, 2));
    expect(new Set([...(await planned(first)), ...(await planned(addDays(first, 2)))]).size).toBe(4);
  });

  it('takes few statements, however many tags there are', async () => {
    await keepTags(
      app,
      Array.from({ length: 120 }, (_, index) => `많은${index}`),
    );
    const sources = ['a', 'b', 'c', 'd', 'e'].map((id) => sourceWith(100, id));
    const counts = await app.asSystem(async (ctx) => {
      await planRun(ctx, sources, today());
      return ctx.deps.outbound.counts();
    });
    expect(counts.statements).toBeLessThanOrEqual(20);
  });
});
