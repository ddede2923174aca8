import type { Placeholder } from 'drizzle-orm';
import { createDatabase, type Database } from './client.ts';

/** A value, or in a prepared query the place where each run puts its own. */
export type Bound = string | Placeholder;

type Prepared<R> = { execute(values: Record<string, unknown>): Promise<R> };

const nowhere = createDatabase('http://nowhere', () => {
  throw new Error('A prepared query ran without the client of its request.');
});

/**
 * A query whose SQL is built once an isolate rather than once a request: the building takes a third of the processor
 * time of a page of posts. What differs from run to run is a `sql.placeholder(name)` in it and given as `values`; that
 * of an IN list stands in brackets and takes an array. Not for transactions, which have a client of their own.
 */
export function prepareQuery<R>(
  build: (db: Database) => { prepare(): Prepared<R> },
): (db: Database, values: Record<string, unknown>) => Promise<R> {
  let prepared: Prepared<R> | undefined;
  return (db, values) => {
    prepared ??= build(nowhere).prepare();
    const ofRequest = Object.create(prepared, { client: { value: db.$client } }) as Prepared<R>;
    return ofRequest.execute(values);
  };
}
