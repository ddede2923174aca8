import { Client } from '@planetscale/database';
import { drizzle } from 'drizzle-orm/planetscale-serverless';
import { migrate } from 'drizzle-orm/planetscale-serverless/migrator';
import { resolve } from 'node:path';

const MIGRATIONS = resolve(import.meta.dirname, '../migrations');

/** Brings the database of a DATABASE_URL to the schema of migrations/. Does nothing when it is there already. */
export async function migrateDatabase(databaseUrl: string): Promise<void> {
  await migrate(drizzle({ client: new Client({ url: databaseUrl }) }), { migrationsFolder: MIGRATIONS });
}
