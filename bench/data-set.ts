/** Data sets that are loaded once and kept for later runs. */
import { createConnection } from 'mysql2/promise';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { DataPlane } from '../local/data-plane.ts';
import { migrateDatabase } from '../local/migrate.ts';
import { seedDirectory } from '../local/seed/seed.ts';
import type { Population } from '../local/seed/types.ts';
import { startOfKoreanDay, koreanDay } from '../src/platform/korea-time.ts';
import { loadPopulation, openDatabase } from './load.ts';
import { createDataSet, GENERATOR_VERSION, scales, type ScaleName } from './scales.ts';

export type DataSet = {
  database: string;
  databaseUrl: string;
  population: Population;
  /** The posts lie in the 30 days before this instant, milliseconds since 1970; what a bench writes is later. */
  until: number;
  connection: Connection;
  loaded: { rows: number; seconds: number };
};

/** Stands in a database whose data set is whole. */
const MARK = 'bench_data_set';

/** Opens the data set of a scale, and makes it when it is not there or by another version of the generator. */
export async function openDataSet(
  plane: DataPlane,
  scale: ScaleName,
  say: (line: string) => void,
): Promise<DataSet> {
  const database = `bench_${scale}_${GENERATOR_VERSION}`;
  await dropUnfinished(plane, scale, database);
  const databaseUrl = await plane.createDatabase(database);
  await migrateDatabase(databaseUrl);
  const connection = await openDatabase(plane.mysql, database);
  const { until, ...loaded } = (await readMark(connection)) ?? (await load());
  const population = createDataSet(scales[scale], until);
  return { database, databaseUrl, population, until, connection, loaded };

  async function load(): Promise<Mark> {
    // The last midnight: the posts are as fresh as the product's windows (7 and 30 days) expect.
    const until = startOfKoreanDay(koreanDay(new Date())).getTime();
    say(`${scale}: loading …`);
    const started = performance.now();
    await seedDirectory(databaseUrl);
    const rows = await loadPopulation(plane.mysql, database, createDataSet(scales[scale], until), say);
    const seconds = Math.round((performance.now() - started) / 1000);
    await connection.query(
      `create table ${MARK} (until_ms bigint not null, row_count bigint not null, seconds int not null)`,
    );
    await connection.query(`insert into ${MARK} values (?, ?, ?)`, [until, rows, seconds]);
    say(`${scale}: ${rows.toLocaleString('en')} rows in ${seconds} s`);
    return { until, rows, seconds };
  }
}

type Mark = { until: number; rows: number; seconds: number };

async function readMark(connection: Connection): Promise<Mark | undefined> {
  const [tables] = await connection.query<RowDataPacket[]>(`show tables like '${MARK}'`);
  if (tables.length === 0) return undefined;
  const [[mark]] = await connection.query<RowDataPacket[]>(`select * from ${MARK}`);
  return (
    mark && { until: Number(mark.until_ms), rows: Number(mark.row_count), seconds: Number(mark.seconds) }
  );
}

/** Databases of other versions, and one whose loading was cut off. */
async function dropUnfinished(plane: DataPlane, scale: ScaleName, current: string): Promise<void> {
  const { mysql } = plane;
  const connection = await createConnection({
    ...('socketPath' in mysql ? { socketPath: mysql.socketPath } : { host: mysql.host, port: mysql.port }),
    user: mysql.user,
    password: mysql.password,
  });
  const [rows] = await connection.query<RowDataPacket[]>(
    `select schema_name as name, exists (select 1 from information_schema.tables as t where t.table_schema = s.schema_name and t.table_name = ?) as isWhole
     from information_schema.schemata as s where schema_name like ?`,
    [MARK, `bench\\_${scale}\\_%`],
  );
  for (const { name, isWhole } of rows) {
    if (name !== current || Number(isWhole) !== 1) await connection.query(`drop database \`${name}\``);
  }
  await connection.end();
}
