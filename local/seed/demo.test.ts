import { beforeAll, describe, expect, test } from 'vitest';
import { hashPassword, isPasswordRight } from '../../src/platform/password.ts';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { countRows, findBrokenRules } from '../../test/harness/population.ts';
import { seedDemo, type DemoLogIn } from './demo.ts';
import { demoPassword, demoScale } from './people.ts';

const now = new Date('2026-11-20T12:00:00.000Z');
const tables = ['users', 'careers', 'career_members', 'posts', 'comments', 'likes', 'bookmarks'] as const;
let database: TestDatabase;
let logIn: DemoLogIn | undefined;
let hashes = 0;

function seed(): Promise<DemoLogIn | undefined> {
  return seedDemo(database.url, {
    now,
    async hashPassword(password) {
      hashes += 1;
      return hashPassword(password, { n: 1024, r: 8, p: 1 });
    },
  });
}

beforeAll(async () => {
  database = await openTestDatabase();
  logIn = await seed();
});

describe('the demo population', () => {
  test('obeys the rules of the product, and every count equals its rows', async () => {
    expect(await findBrokenRules(database.sql)).toEqual({});
  });

  test('has people, posts and all that hangs on them', async () => {
    const scale = demoScale(now.getTime());
    const counts = await countRows(database.sql, tables);
    expect(counts).toMatchObject({ users: scale.people, posts: scale.posts });
    expect(counts.careers).toBeGreaterThan(scale.people);
    expect(counts.comments).toBeGreaterThan(scale.comments / 2);
    expect(counts.likes).toBeGreaterThan(scale.likes / 2);
    expect(counts.bookmarks).toBeGreaterThan(100);
    const groups = await database.sql<{ n: string }>(
      "select count(distinct author_id) as n from posts inner join careers on careers.id = career_id where kind = 'group' group by careers.id",
    );
    expect(groups.filter(({ n }) => Number(n) > 1).length).toBeGreaterThan(3);
    const invited = await countRows(database.sql, ["career_members where state = 'invited'"]);
    expect(Object.values(invited)[0]).toBeGreaterThan(0);
  });

  test('ends with the present', async () => {
    const [row] = await database.sql<{ at: string }>('select max(created_at) as at from posts');
    const age = now.getTime() - Date.parse(`${row?.at}Z`);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(6 * 3_600_000);
  });

  test('lets one log in as somebody, with the password of all', async () => {
    expect(logIn?.password).toBe(demoPassword);
    const rows = await database.sql<{ password_hash: string; name: string }>(
      'select password_hash, name from users inner join user_emails on user_id = users.id where address_key = ?',
      logIn?.email,
    );
    expect(rows[0]?.name).toBe(logIn?.name);
    expect(await isPasswordRight(demoPassword, rows[0]?.password_hash ?? '')).toBe(true);
    expect(hashes).toBe(1);
  });

  test('is made once', async () => {
    const before = await countRows(database.sql, tables);
    expect(await seed()).toEqual(logIn);
    expect(await countRows(database.sql, tables)).toEqual(before);
    expect(hashes).toBe(1);
  });

  test('is not made beside other people', async () => {
    const other = await openTestDatabase();
    await other.sql(
      `insert into users (id, kind, password_hash, name, school_id, department_id, field_id, admission_year, links, created_at)
       values (1, 'student', 'none', '김루프', 1, 1, 1, 2024, '{}', '2026-11-01')`,
    );
    expect(await seed()).toBeUndefined();
    expect(await countRows(other.sql, ['users', 'posts'])).toEqual({ users: 1, posts: 0 });
  });
});
