import { Client } from '@planetscale/database';
import { drizzle, type PlanetScaleDatabase } from 'drizzle-orm/planetscale-serverless';
import { castValue } from './cast-value.ts';

/** The database, or an open transaction on it: both take the same queries. */
export type Queryable = Omit<PlanetScaleDatabase, 'transaction' | '$client' | 'query'>;
export type Database = PlanetScaleDatabase;

/** A request must never wait longer for one statement (milliseconds); production ends a write after 30 s itself. */
export const STATEMENT_TIMEOUT_MS = 15_000;

/** Opens no connection: the driver sends one HTTPS request a statement. */
export function createDatabase(url: string, fetchStatement: typeof fetch): Database {
  const client = new Client({
    url,
    cast: castValue,
    fetch: (input, init) => fetchStatement(input as string, init as RequestInit),
  });
  return drizzle(client);
}
