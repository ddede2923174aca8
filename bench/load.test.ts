import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Client } from '@planetscale/database';
import { getTableName } from 'drizzle-orm';
import { migrateDatabase } from '../local/migrate.ts';
import { makeRows } from '../local/seed/rows.ts';
import { seedDirectory } from '../local/seed/seed.ts';
import type { Sql } from '../test/harness/database.ts';
import { countRows, findBrokenRules } from '../test/harness/population.ts';
import { loadPopulation } from './load.ts';
import { createDataSet, eagerFollowers, followsOfEager } from './scales.ts';

const until = Date.parse('2026-11-20T12:00:00.000Z');
const scale = { people: 400, posts: 900, likes: 4000, followsPerPerson: 12, schools: 10 };
const population = createDataSet(scale, until);
/** A database of its own, because loading takes the indexes off. */
const name = `load_${process.env['VITEST_POOL_ID'] ?? '0'}`;
const { env, urls } = inject('dataPlane');
const control = `${urls.planetscale}/_control/databases`;
let sql: Sql;
let loaded: number;

function urlOf(database: string): string {
  const url = new URL(env['DATABASE_URL'] ?? '');
  url.username = database;
  url.pathname = `/${database}`;
  return url.href;
}

beforeAll(async () => {
  await fetch(control, { method: 'DELETE', body: JSON.stringify({ name }) });
  await fetch(control, { method: 'POST', body: JSON.stringify({ name }) });
  await migrateDatabase(urlOf(name));
  await seedDirectory(urlOf(name));
  const client = new Client({ url: urlOf(name) });
  sql = async <R extends object>(query: string, ...parameters: unknown[]) =>
    (await client.execute(query, parameters)).rows as R[];
  loaded = await loadPopulation(inject('mysql'), name, population);
});

afterAll(async () => {
  await fetch(control, { method: 'DELETE', body: JSON.stringify({ name }) });
});

describe('a data set', () => {
  test('obeys the rules of the product, and every count equals its rows', async () => {
    expect(await findBrokenRules(sql)).toEqual({});
  });

  test('has the people, posts and texts of its population', async () => {
    expect(await countRows(sql, ['users', 'posts'])).toEqual({ users: scale.people, posts: scale.posts });
    const texts = await sql<{ text: string }>('select text from posts order by id');
    expect(texts.map(({ text }) => text)).toEqual(
      Array.from({ length: scale.posts }, (_, index) => population.post(index).text),
    );
    expect(texts.some(({ text }) => text.includes('\n'))).toBe(true);
  });

  test('is the same every time', () => {
    const [first, second] = [population, createDataSet(scale, until)].map((made) =>
      [...makeRows(made, 'none')].map(({ table, rows }) => ({ name: getTableName(table), rows })),
    );
    expect(second).toEqual(first);
    expect(first?.flatMap(({ rows }) => rows).length).toBe(loaded);
  });

  test('has people who follow hundreds, as far as there are people', async () => {
    const counts = await sql<{ n: number }>(
      'select following_count as n from users order by following_count desc limit 40',
    );
    const wanted = eagerFollowers.flatMap(({ follows, people }) =>
      Array.from({ length: people }, () => Math.min(follows, scale.people - 1)),
    );
    expect(counts.map(({ n }) => Number(n))).toEqual(wanted.toSorted((a, b) => b - a));
    expect(followsOfEager(0)).toBeUndefined();
  });

  test('ends up with every index that the migrations make', async () => {
    const usual = new URL(env['DATABASE_URL'] ?? '');
    await migrateDatabase(usual.href);
    expect(await listIndexes(name)).toEqual(await listIndexes(usual.pathname.slice(1)));
  });

  test('that were broken would be told', async () => {
    await sql('update posts set like_count = like_count + 1 order by id limit 3');
    await sql('update likes set author_id = 1 order by user_id limit 2');
    expect(await findBrokenRules(sql)).toMatchObject({
      'posts.like_count': 3,
      'a like of nothing or of another author': 2,
    });
  });
});

function listIndexes(database: string): Promise<object[]> {
  return sql(
    `select table_name, index_name, column_name, seq_in_index, non_unique, index_type, sub_part, collation
     from information_schema.statistics where table_schema = ? order by 1, 2, 4`,
    database,
  );
}
