/** What the statements of a request cost in the database alone: caught on their way, then carried out again and timed. */
import type { Connection, RowDataPacket } from 'mysql2/promise';

export type TimedStatement = { sql: string; digest: string; ms: number; rowsRead: number };

/** Carries out `work` and answers the SELECTs that reached the server meanwhile, whoever sent them. */
export async function catchStatements(connection: Connection, work: () => Promise<void>): Promise<string[]> {
  await connection.query("set global log_output = 'TABLE'");
  await connection.query('truncate table mysql.general_log');
  await connection.query('set global general_log = on');
  try {
    await work();
  } finally {
    await connection.query('set global general_log = off');
  }
  const [rows] = await connection.query<RowDataPacket[]>(
    "select convert(argument using utf8mb4) as statement from mysql.general_log where command_type in ('Query', 'Execute') and thread_id <> connection_id()",
  );
  return rows
    .map(({ statement }) => String(statement))
    .filter((sql) => /^\s*\(?\s*(?:select|with)\b/i.test(sql));
}

/** Carries a SELECT out on this idle connection. `rowsRead`: index and table entries that it looked at, an exact count. */
export async function timeStatement(connection: Connection, sql: string): Promise<TimedStatement> {
  await connection.query('flush status');
  const started = performance.now();
  await connection.query({ sql, rowsAsArray: true });
  const ms = performance.now() - started;
  const [rows] = await connection.query<RowDataPacket[]>("show session status like 'Handler_read%'");
  const rowsRead = rows.reduce((sum, { Value }) => sum + Number(Value), 0);
  return { sql, digest: digestOf(sql), ms, rowsRead };
}

/** How the server goes about a statement, with its own counts and times. */
export async function explainStatement(connection: Connection, sql: string): Promise<string> {
  const [rows] = await connection.query<RowDataPacket[]>(`explain analyze ${sql}`);
  return String(Object.values(rows[0] ?? {})[0]);
}

/** A statement without its values. */
function digestOf(sql: string): string {
  return sql
    .replaceAll(/'(?:[^'\\]|\\.)*'/g, '?')
    .replaceAll(/\b\d+\b/g, '?')
    .replaceAll(/\?(?:\s*,\s*\?)+/g, '?');
}
