/** The database of one vitest worker: made and migrated once, emptied before each file. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Client } from '@planetscale/database';
import { inject } from 'vitest';
import { migrateDatabase } from '../../local/migrate.ts';
import { seedDirectory } from '../../local/seed/seed.ts';

export type Sql = <R extends object = Record<string, unknown>>(
  query: string,
  ...parameters: unknown[]
) => Promise<R[]>;

export type TestDatabase = { url: string; sql: Sql };

/** A gateway, and the address of any database behind it. */
export type DatabaseServer = { gatewayUrl: string; databaseUrl: string };

/** Facts that every test may rely on; a test that changes them puts them back. */
const KEPT_TABLES = new Set(['__drizzle_migrations', 'schools', 'school_domains', 'departments']);

/**
 * Opens this worker's database, at the schema of migrations/ and empty but for the school directory; on the MySQL of the
 * whole run unless another is given.
 */
export async function openTestDatabase(server: DatabaseServer = serverOfRun()): Promise<TestDatabase> {
  const name = `t_${schemaFingerprint()}_${process.env['VITEST_POOL_ID'] ?? '0'}`;
  await fetch(`${server.gatewayUrl}/_control/databases`, { method: 'POST', body: JSON.stringify({ name }) });
  const url = new URL(server.databaseUrl);
  url.username = name;
  url.pathname = `/${name}`;
  const sql = createSql(url.href);
  await migrateDatabase(url.href);
  await seedDirectory(url.href);
  await emptyTables(sql);
  return { url: url.href, sql };
}

function serverOfRun(): DatabaseServer {
  const { env, urls } = inject('dataPlane');
  return { gatewayUrl: urls.planetscale, databaseUrl: env['DATABASE_URL'] ?? '' };
}

/** Plain SQL for assertions and for states that no route can bring about. BIGINTs come back as strings. */
function createSql(url: string): Sql {
  const client = new Client({ url });
  return async <R extends object>(query: string, ...parameters: unknown[]) =>
    (await client.execute(query, parameters)).rows as R[];
}

async function emptyTables(sql: Sql): Promise<void> {
  const tables = await sql<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = database()',
  );
  const emptied = tables.filter(({ name }) => !KEPT_TABLES.has(name));
  await Promise.all(emptied.map(({ name }) => emptyTable(sql, name)));
}

/** Deleting is quicker where there is little; the gateway refuses it where a large data set was left. */
async function emptyTable(sql: Sql, name: string): Promise<void> {
  await sql(`delete from \`${name}\``).catch(() => sql(`truncate table \`${name}\``));
}

/** A changed schema gets a fresh database instead of a half-migrated one. */
function schemaFingerprint(): string {
  const journal = readFileSync(resolve(import.meta.dirname, '../../migrations/meta/_journal.json'));
  return createHash('sha256').update(journal).digest('hex').slice(0, 8);
}
