import { Client } from '@planetscale/database';
import { drizzle, type PlanetScaleDatabase } from 'drizzle-orm/planetscale-serverless';
import { castValue } from './cast-value.ts';
import { DatabaseUnavailable } from './errors.ts';

/** The database, or an open transaction on it: both take the same queries. */
export type Queryable = Omit<PlanetScaleDatabase, 'transaction' | '$client' | 'query'>;
export type Database = PlanetScaleDatabase & { $client: Client };

/** A request must never wait longer for one statement (milliseconds); production ends a write after 30 s itself. */
export const STATEMENT_TIMEOUT_MS = 15_000;

/** Opens no connection: the driver sends one HTTPS request a statement. */
export function createDatabase(url: string, fetchStatement: typeof fetch): Database {
  const client = new Client({
    url,
    cast: castValue,
    fetch: (input, init) => reach(() => fetchStatement(input as string, init as RequestInit)),
  });
  return drizzle(client);
}

/** Throws {@link DatabaseUnavailable} when the call does not come through, or its answer is cut off. */
async function reach(send: () => Promise<Response>): Promise<Response> {
  const response = await send().catch(giveUp);
  const text = response.text.bind(response);
  response.text = () => text().catch(giveUp);
  return response;
}

function giveUp(cause: unknown): never {
  throw new DatabaseUnavailable('the database did not answer', { cause });
}
