import { getTableColumns, is, SQL, sql } from 'drizzle-orm';
import { MySqlColumn, type MySqlTable } from 'drizzle-orm/mysql-core';

/** A value of the row to be, or an expression over the tables of `from`. */
type RowExpressions<T extends MySqlTable> = {
  [K in keyof T['$inferInsert']]: T['$inferInsert'][K] | SQL | MySqlColumn;
};

/**
 * `INSERT INTO table (…) SELECT … <from>`: a write whose conditions (who may see whom, what still exists) hold at the
 * very moment of writing, in one round trip. `from` is everything from FROM on. With `ignore`, rows that exist already
 * are left as they are. Run it with `db.execute`; `rowsAffected` tells whether the conditions held.
 */
export function insertSelect<T extends MySqlTable>(
  table: T,
  row: RowExpressions<T>,
  from: SQL,
  options: { ignore?: true } = {},
): SQL {
  const columns = getTableColumns(table) as Record<string, MySqlColumn>;
  const names: SQL[] = [];
  const values: SQL[] = [];
  for (const [key, value] of Object.entries(row)) {
    const column = columns[key];
    if (!column || value === undefined) continue;
    names.push(sql`${sql.identifier(column.name)}`);
    values.push(isExpression(value) ? sql`${value}` : sql`${sql.param(value, column)}`);
  }
  const verb = options.ignore ? sql`insert ignore into` : sql`insert into`;
  return sql`${verb} ${table} (${sql.join(names, sql`, `)}) select ${sql.join(values, sql`, `)} ${from}`;
}

function isExpression(value: unknown): value is SQL | MySqlColumn {
  return is(value, SQL) || is(value, MySqlColumn);
}
