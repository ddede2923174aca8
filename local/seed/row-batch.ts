import type { MySqlTable } from 'drizzle-orm/mysql-core';

/** Rows of one table, by the names of its drizzle columns. Their counts are 0: recount.ts fills them from the rows. */
export type RowBatch = { table: MySqlTable; rows: readonly Record<string, unknown>[] };

/** Holds rows to the columns of their table. */
export function batchOf<T extends MySqlTable>(table: T, rows: T['$inferInsert'][]): RowBatch {
  return { table, rows };
}
