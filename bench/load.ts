/**
 * Fills an empty, migrated database with the rows of a population: LOAD DATA into tables without secondary indexes, which
 * are built afterwards (1.6 million rows: 10 + 6 s so, 25 to 34 s with the indexes in place, 13 + 4 s by INSERTs of 2,000 rows).
 */
import { Readable } from 'node:stream';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import { createConnection, type Connection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import type { MysqlAccess } from '../local/planetscale/databases.ts';
import { allIds, countTagDays, recounts, type Recount } from '../local/seed/recount.ts';
import type { RowBatch } from '../local/seed/row-batch.ts';
import { makeRows } from '../local/seed/rows.ts';
import type { Population } from '../local/seed/types.ts';

const ROWS_RECOUNTED_AT_ONCE = 20_000;
const PROGRESS_EVERY_MS = 5000;

/** Nobody logs in to a data set: its sessions are written as rows. */
const NO_PASSWORD = 'none';

/** Answers how many rows there are. The memory it takes does not grow with the posts. */
export async function loadPopulation(
  mysql: MysqlAccess,
  database: string,
  population: Population,
  say: (line: string) => void = () => undefined,
): Promise<number> {
  const connection = await openDatabase(mysql, database);
  try {
    const dropped = await dropIndexes(connection, database);
    const rows = await withLocalInfile(connection, () => loadRows(connection, population, say));
    for (const { table, add } of dropped) {
      say(`  ${table}: indexes`);
      await connection.query(add);
    }
    for (const recount of recounts) {
      say(`  ${recount.table}: counts`);
      await recountInPieces(connection, recount);
    }
    await connection.query(countTagDays);
    await connection.query(`analyze table ${dropped.map(({ table }) => table).join(', ')}`);
    return rows;
  } finally {
    await connection.end();
  }
}

/** A connection of our own, past the gateway, whose BIGINTs are strings. */
export async function openDatabase(mysql: MysqlAccess, database: string): Promise<Connection> {
  return createConnection({
    ...('socketPath' in mysql ? { socketPath: mysql.socketPath } : { host: mysql.host, port: mysql.port }),
    user: mysql.user,
    password: mysql.password,
    database,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  });
}

type DroppedIndexes = { table: string; add: string };

/** Takes the secondary indexes off every table that is empty, and answers the statements that bring them back. */
async function dropIndexes(connection: Connection, database: string): Promise<DroppedIndexes[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `select table_name as tableName, index_name as name, max(non_unique) as isPlain,
       group_concat(concat('\`', column_name, '\`') order by seq_in_index) as columns
     from information_schema.statistics
     where table_schema = ? and index_name <> 'PRIMARY'
     group by table_name, index_name order by table_name, index_name`,
    [database],
  );
  const dropped: DroppedIndexes[] = [];
  for (const [table, indexes] of Map.groupBy(rows, (row) => String(row.tableName))) {
    const [[anyRow]] = await connection.query<RowDataPacket[]>(`select 1 from ${table} limit 1`);
    if (anyRow) continue;
    const adds = indexes.map(
      ({ name, isPlain, columns }) =>
        `add ${Number(isPlain) === 1 ? 'index' : 'unique index'} \`${name}\` (${columns})`,
    );
    await connection.query(
      `alter table ${table} ${indexes.map(({ name }) => `drop index \`${name}\``).join(', ')}`,
    );
    dropped.push({ table, add: `alter table ${table} ${adds.join(', ')}` });
  }
  return dropped;
}

/** The server takes files from us only while it must. */
async function withLocalInfile<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.query('set global local_infile = on');
  try {
    return await work();
  } finally {
    await connection.query('set global local_infile = off');
  }
}

async function loadRows(
  connection: Connection,
  population: Population,
  say: (line: string) => void,
): Promise<number> {
  let rows = 0;
  let saidAt = performance.now();
  for (const batch of makeRows(population, NO_PASSWORD)) {
    if (batch.rows.length === 0) continue;
    await loadBatch(connection, batch);
    rows += batch.rows.length;
    if (performance.now() - saidAt > PROGRESS_EVERY_MS) {
      saidAt = performance.now();
      say(`  ${getTableName(batch.table)}: ${rows.toLocaleString('en')} rows in all`);
    }
  }
  return rows;
}

async function loadBatch(connection: Connection, { table, rows }: RowBatch): Promise<void> {
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => rows[0] && key in rows[0]);
  const names = columns.map(([, column]) => `\`${column.name}\``).join(', ');
  const text = rows.map((row) => columns.map(([key, column]) => writeValue(column, row[key])).join('\t'));
  const [result] = await connection.query<ResultSetHeader>({
    sql: `load data local infile 'rows' into table ${getTableName(table)} character set utf8mb4 (${names})`,
    infileStreamFactory: () => Readable.from([Buffer.from(text.join('\n'))]),
  });
  // A local file's faults are warnings, whatever the SQL mode: rows would be missing or cut.
  if (result.affectedRows !== rows.length || result.warningStatus !== 0)
    throw new Error(`${getTableName(table)}: ${result.info}`);
}

const SPECIAL = /[\\\t\n]/g;

/** A value as LOAD DATA reads it by default. */
function writeValue(column: MySqlColumn, value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  return String(column.mapToDriverValue(value)).replace(SPECIAL, (sign) =>
    sign === '\t' ? '\\t' : `\\${sign}`,
  );
}

/** Piece by piece along the key, so that no statement locks or undoes a whole large table. */
async function recountInPieces(connection: Connection, { table, key, write }: Recount): Promise<void> {
  let first: string = allIds[0];
  for (;;) {
    const [[end]] = await connection.query<RowDataPacket[]>(
      `select ${key} as last from ${table} where ${key} >= ${first} order by ${key} limit 1 offset ${ROWS_RECOUNTED_AT_ONCE}`,
    );
    const last = end === undefined ? allIds[1] : String(end.last);
    await connection.query(write(first, last));
    if (end === undefined) return;
    first = String(BigInt(last) + 1n);
  }
}
