/** drizzle-orm's planetscale-serverless driver over the gateway: what the Worker's code does all day. */
import { Client } from '@planetscale/database';
import { and, asc, count, eq, gt, inArray, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  datetime,
  decimal,
  index,
  int,
  json,
  mysqlEnum,
  mysqlTable,
  timestamp,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import { drizzle } from 'drizzle-orm/planetscale-serverless';
import { migrate } from 'drizzle-orm/planetscale-serverless/migrator';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { startPlanetscaleGateway, type PlanetscaleGateway } from './gateway.ts';

const DATABASE = 'gateway_drizzle';

const users = mysqlTable(
  'users',
  {
    id: bigint({ mode: 'bigint', unsigned: true }).primaryKey().autoincrement(),
    handle: varchar({ length: 40 }).notNull(),
    kind: mysqlEnum(['student', 'graduate']).notNull().default('student'),
    isActive: boolean('is_active').notNull().default(true),
    score: decimal({ precision: 10, scale: 2 }),
    settings: json().$type<{ theme: string; list: number[] }>(),
    bornAt: datetime('born_at', { fsp: 3 }),
    createdAt: timestamp('created_at', { fsp: 3 }).notNull().defaultNow(),
  },
  (table) => [uniqueIndex('users_handle_uq').on(table.handle)],
);

const posts = mysqlTable(
  'posts',
  {
    id: bigint({ mode: 'bigint' }).primaryKey(),
    author: bigint({ mode: 'bigint', unsigned: true }).notNull(),
    text: varchar({ length: 500 }).notNull(),
    likes: int().notNull().default(0),
  },
  (table) => [index('posts_author').on(table.author, table.id)],
);

const MIGRATION = `
CREATE TABLE \`users\` (
  \`id\` bigint unsigned AUTO_INCREMENT NOT NULL,
  \`handle\` varchar(40) NOT NULL,
  \`kind\` enum('student','graduate') NOT NULL DEFAULT 'student',
  \`is_active\` boolean NOT NULL DEFAULT true,
  \`score\` decimal(10,2),
  \`settings\` json,
  \`born_at\` datetime(3),
  \`created_at\` timestamp(3) NOT NULL DEFAULT (now()),
  CONSTRAINT \`users_id\` PRIMARY KEY(\`id\`),
  CONSTRAINT \`users_handle_uq\` UNIQUE(\`handle\`)
);
--> statement-breakpoint
CREATE TABLE \`posts\` (
  \`id\` bigint NOT NULL,
  \`author\` bigint unsigned NOT NULL,
  \`text\` varchar(500) NOT NULL,
  \`likes\` int NOT NULL DEFAULT 0,
  CONSTRAINT \`posts_id\` PRIMARY KEY(\`id\`)
);
--> statement-breakpoint
CREATE INDEX \`posts_author\` ON \`posts\` (\`author\`,\`id\`);
`;

let gateway: PlanetscaleGateway;
let folder: string;

function open() {
  return drizzle({ client: new Client({ url: gateway.databaseUrl(DATABASE) }), schema: { users, posts } });
}
let db: ReturnType<typeof open>;

beforeAll(async () => {
  gateway = await startPlanetscaleGateway({ mysql: inject('mysql') });
  await gateway.createDatabase(DATABASE);
  db = open();
  folder = mkdtempSync(join(tmpdir(), 'loopus-migrations-'));
  mkdirSync(join(folder, 'meta'));
  writeFileSync(join(folder, '0000_first.sql'), MIGRATION);
  const entries = [{ idx: 0, version: '5', when: 1, tag: '0000_first', breakpoints: true }];
  writeFileSync(
    join(folder, 'meta/_journal.json'),
    JSON.stringify({ version: '7', dialect: 'mysql', entries }),
  );
  await migrate(db, { migrationsFolder: folder });
});

beforeEach(async () => {
  await db.delete(posts);
  // TRUNCATE also takes back the largest id, after which none could be given.
  await db.execute(sql`truncate table users`);
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await fetch(`${gateway.url}/_control/databases`, {
    method: 'DELETE',
    body: JSON.stringify({ name: DATABASE }),
  });
  await gateway.close();
});

test('the migrator brings the schema once', async () => {
  await migrate(db, { migrationsFolder: folder });
  const applied = await db.execute(sql`select count(*) as n from __drizzle_migrations`);
  expect(applied.rows).toEqual([{ n: '1' }]);
});

test('rows come back as they were put in: big ids, times to the millisecond, JSON, decimals, booleans, null', async () => {
  const row = {
    id: 18_446_744_073_709_551_615n,
    handle: "한글 'quote' 👩‍🎓",
    kind: 'graduate' as const,
    isActive: false,
    score: '12345678.90',
    settings: { theme: 'dark', list: [1, 2] },
    bornAt: new Date('2001-02-03T04:05:06.789Z'),
    createdAt: new Date('2026-11-24T15:00:00.001Z'),
  };
  await db.insert(users).values(row);
  expect(await db.select().from(users)).toEqual([row]);
  await db.update(users).set({ score: null, settings: null, bornAt: null });
  expect(await db.select().from(users)).toEqual([{ ...row, score: null, settings: null, bornAt: null }]);
});

test('insert gives ids, upsert and insert-ignore count as MySQL does', async () => {
  const ids = await db
    .insert(users)
    .values([{ handle: 'a' }, { handle: 'b' }])
    .$returningId();
  expect(ids).toHaveLength(2);
  const upsert = await db
    .insert(users)
    .values({ handle: 'a', score: '1' })
    .onDuplicateKeyUpdate({ set: { score: sql`values(${users.score})` } });
  expect(upsert.rowsAffected).toBe(2);
  expect((await db.insert(users).ignore().values({ handle: 'a' })).rowsAffected).toBe(0);
  expect(await db.$count(users)).toBe(2);
});

test('keyset pages, IN lists, joins and aggregates', async () => {
  await db.insert(users).values([
    { id: 1n, handle: 'kim' },
    { id: 2n, handle: 'lee' },
  ]);
  await db.insert(posts).values(
    Array.from({ length: 30 }, (_, at) => ({
      id: BigInt(at + 1),
      author: BigInt((at % 2) + 1),
      text: `글 ${at}`,
    })),
  );
  const page = await db
    .select({ id: posts.id, handle: users.handle })
    .from(posts)
    .innerJoin(users, eq(users.id, posts.author))
    .where(and(gt(posts.id, 10n), inArray(posts.author, [1n, 2n])))
    .orderBy(asc(posts.id))
    .limit(2);
  expect(page).toEqual([
    { id: 11n, handle: 'kim' },
    { id: 12n, handle: 'lee' },
  ]);
  const totals = await db
    .select({ author: posts.author, posts: count(), raw: sql<string>`count(*)` })
    .from(posts)
    .groupBy(posts.author)
    .orderBy(posts.author);
  expect(totals).toEqual([
    { author: 1n, posts: 15, raw: '15' },
    { author: 2n, posts: 15, raw: '15' },
  ]);
});

test('transactions commit, roll back, and nest by savepoints', async () => {
  await db.transaction(async (tx) => {
    await tx.insert(posts).values({ id: 1n, author: 1n, text: 'kept' });
    await tx
      .transaction(async (inner) => {
        await inner.insert(posts).values({ id: 2n, author: 1n, text: 'undone' });
        throw new Error('inner');
      })
      .catch(() => undefined);
    await tx.transaction(async (inner) => {
      await inner.update(posts).set({ likes: sql`${posts.likes} + 1` });
    });
  });
  expect(await db.select({ id: posts.id, likes: posts.likes }).from(posts)).toEqual([{ id: 1n, likes: 1 }]);
  await expect(
    db.transaction(async (tx) => {
      await tx.delete(posts);
      tx.rollback();
    }),
  ).rejects.toThrow('Rollback');
  expect(await db.$count(posts)).toBe(1);
});

test('a duplicate key is found by its errno in the cause', async () => {
  await db.insert(users).values({ handle: 'same' });
  const error = await db
    .insert(users)
    .values({ handle: 'same' })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  const { cause } = error as { cause: Error };
  expect(cause.message).toContain("for key 'users.users_handle_uq' (errno 1062) (sqlstate 23000)");
});
