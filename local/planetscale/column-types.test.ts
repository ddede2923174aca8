/** Every column type through the official client, and the exact fields and bytes on the wire. */
import { Client, type Field } from '@planetscale/database';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startPlanetscaleGateway, type PlanetscaleGateway } from './gateway.ts';

const DATABASE = 'gateway_column_types';

/** Definition, literal put in, what the client gives, and the field's type, charset, flags. */
const COLUMNS: ReadonlyArray<[string, string, unknown, string, number, number]> = [
  ['TINYINT', '-128', -128, 'INT8', 63, 32_768],
  ['SMALLINT', '-32768', -32_768, 'INT16', 63, 32_768],
  ['MEDIUMINT', '-8388608', -8_388_608, 'INT24', 63, 32_768],
  ['INT', '-2147483648', -2_147_483_648, 'INT32', 63, 32_768],
  ['BIGINT', '-9223372036854775808', '-9223372036854775808', 'INT64', 63, 32_768],
  ['TINYINT UNSIGNED', '255', 255, 'UINT8', 63, 32_800],
  ['SMALLINT UNSIGNED', '65535', 65_535, 'UINT16', 63, 32_800],
  ['MEDIUMINT UNSIGNED', '16777215', 16_777_215, 'UINT24', 63, 32_800],
  ['INT UNSIGNED', '4294967295', 4_294_967_295, 'UINT32', 63, 32_800],
  ['BIGINT UNSIGNED', '18446744073709551615', '18446744073709551615', 'UINT64', 63, 32_800],
  ['BOOLEAN', 'true', 1, 'INT8', 63, 32_768],
  [
    'DECIMAL(30,10)',
    '-12345678901234567890.0123456789',
    '-12345678901234567890.0123456789',
    'DECIMAL',
    63,
    32_768,
  ],
  ['FLOAT', '1.5', 1.5, 'FLOAT32', 63, 32_768],
  ['DOUBLE', '-2.5e-300', -2.5e-300, 'FLOAT64', 63, 32_768],
  ['BIT(12)', "b'101000000001'", new Uint8Array([0x0a, 0x01]), 'BIT', 63, 32],
  ['DATE', "'1000-01-01'", '1000-01-01', 'DATE', 63, 128],
  ['TIME', "'-838:59:59'", '-838:59:59', 'TIME', 63, 128],
  ['TIME(6)', "'01:02:03.000004'", '01:02:03.000004', 'TIME', 63, 128],
  ['DATETIME', "'9999-12-31 23:59:59'", '9999-12-31 23:59:59', 'DATETIME', 63, 128],
  ['DATETIME(3)', "'2026-01-02T03:04:05.678'", '2026-01-02 03:04:05.678', 'DATETIME', 63, 128],
  ['TIMESTAMP NULL', "'1970-01-01 00:00:01'", '1970-01-01 00:00:01', 'TIMESTAMP', 63, 128],
  ['TIMESTAMP(3) NULL', "'2038-01-19 03:14:07.999'", '2038-01-19 03:14:07.999', 'TIMESTAMP', 63, 128],
  ['YEAR', '2026', 2026, 'YEAR', 63, 32_864],
  ['CHAR(8)', "'한글'", '한글', 'CHAR', 255, 0],
  ['VARCHAR(40)', "'가족 👨‍👩‍👧‍👦 🇰🇷'", '가족 👨‍👩‍👧‍👦 🇰🇷', 'VARCHAR', 255, 0],
  ['VARCHAR(40)', "''", '', 'VARCHAR', 255, 0],
  ['CHAR(8) COLLATE utf8mb4_bin', "'Bin'", 'Bin', 'BINARY', 255, 128],
  ['VARCHAR(8) COLLATE utf8mb4_bin', "'é'", 'é', 'VARBINARY', 255, 128],
  ['VARCHAR(8) CHARACTER SET latin1', "'é'", 'é', 'VARCHAR', 255, 0],
  ['TINYTEXT', "'a'", 'a', 'TEXT', 255, 16],
  ['TEXT', "'b\\0\\n\\'\"'", 'b\0\n\'"', 'TEXT', 255, 16],
  ['MEDIUMTEXT', "'c'", 'c', 'TEXT', 255, 16],
  ['LONGTEXT', "'d'", 'd', 'TEXT', 255, 16],
  ['TEXT COLLATE utf8mb4_bin', "'e'", 'e', 'BLOB', 255, 144],
  ['BINARY(4)', "x'00FF'", new Uint8Array([0, 255, 0, 0]), 'BINARY', 63, 128],
  ['VARBINARY(8)', "x'80C3'", new Uint8Array([0x80, 0xc3]), 'VARBINARY', 63, 128],
  ['TINYBLOB', "x'01'", new Uint8Array([1]), 'BLOB', 63, 144],
  ['BLOB', "x''", new Uint8Array([]), 'BLOB', 63, 144],
  ['MEDIUMBLOB', "x'03'", new Uint8Array([3]), 'BLOB', 63, 144],
  ['LONGBLOB', "x'FFFE'", new Uint8Array([255, 254]), 'BLOB', 63, 144],
  ["ENUM('하나','two')", "'하나'", '하나', 'ENUM', 255, 256],
  ["SET('a','b','c')", "'c,a'", 'a,c', 'SET', 255, 2048],
  ['JSON', '\'{"b": [1, null, "é"], "a": 1.50}\'', { a: 1.5, b: [1, null, 'é'] }, 'JSON', 63, 144],
  [
    'GEOMETRY',
    "ST_GeomFromText('POINT(1 -2)')",
    new Uint8Array([0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0]),
    'GEOMETRY',
    63,
    144,
  ],
  [
    'POINT',
    'POINT(0, 0)',
    new Uint8Array([0, 0, 0, 0, 1, 1, ...Array.from({ length: 19 }, () => 0)]),
    'GEOMETRY',
    63,
    144,
  ],
];

let gateway: PlanetscaleGateway;
let client: Client;

beforeAll(async () => {
  gateway = await startPlanetscaleGateway({ mysql: inject('mysql') });
  await gateway.createDatabase(DATABASE);
  client = new Client({ url: gateway.databaseUrl(DATABASE) });
  const definitions = COLUMNS.map(([definition], index) => `c${index} ${definition}`);
  await client.execute('DROP TABLE IF EXISTS kinds');
  await client.execute(
    `CREATE TABLE kinds (id BIGINT PRIMARY KEY AUTO_INCREMENT, ${definitions.join(', ')})`,
  );
  await client.execute(`INSERT INTO kinds VALUES (7, ${COLUMNS.map(([, literal]) => literal).join(', ')})`);
  await client.execute('INSERT INTO kinds (id) VALUES (8)');
});

afterAll(async () => {
  await fetch(`${gateway.url}/_control/databases`, {
    method: 'DELETE',
    body: JSON.stringify({ name: DATABASE }),
  });
  await gateway.close();
});

test.each(COLUMNS.map((column, index) => [column[0], column[1], index] as const))(
  '%s holding %s arrives as it was written',
  async (_definition, _literal, index) => {
    const [, , value, type, charset, flags] = COLUMNS[index]!;
    const { rows, fields } = await client.execute(`SELECT c${index} FROM kinds ORDER BY id`, null, {
      as: 'array',
    });
    expect(rows).toEqual([[value], [null]]);
    const [field] = fields as [Field];
    expect(field).toMatchObject({
      name: `c${index}`,
      orgName: `c${index}`,
      table: 'kinds',
      orgTable: 'kinds',
    });
    expect(field).toMatchObject({ type, charset, database: DATABASE });
    expect(field.flags ?? 0).toBe(flags);
  },
);

test('all columns of a row come together, whatever lies beside them', async () => {
  const { rows } = await client.execute('SELECT * FROM kinds ORDER BY id', null, { as: 'array' });
  expect(rows[0]).toEqual(['7', ...COLUMNS.map(([, , value]) => value)]);
  expect(rows[1]).toEqual(['8', ...COLUMNS.map(() => null)]);
});

test('the wire: proto3 leaves out what is zero or empty, lengths are text, NULL is -1 and has no type', async () => {
  const response = await fetch(`${gateway.url}/psdb.v1alpha1.Database/Execute`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${DATABASE}:loopus`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      query: "SELECT k.id, k.c24 AS text, '' AS nothing, NULL FROM kinds AS k WHERE id = 7",
      session: null,
    }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/json');
  const { result, timing, session, ...rest } = (await response.json()) as Record<string, unknown>;
  expect(rest).toEqual({});
  expect(timing).toBeGreaterThan(0);
  expect(session).toMatchObject({ vitessSession: { autocommit: true, options: { includedFields: 'ALL' } } });
  expect(session).not.toHaveProperty('vitessSession.inTransaction');
  const origin = { table: 'k', orgTable: 'kinds', database: DATABASE };
  const bytes = Buffer.from('7가족 👨‍👩‍👧‍👦 🇰🇷');
  expect(result).toEqual({
    fields: [
      { name: 'id', type: 'INT64', ...origin, orgName: 'id', columnLength: 20, charset: 63, flags: 49_667 },
      { name: 'text', type: 'VARCHAR', ...origin, orgName: 'c24', columnLength: 160, charset: 255 },
      { name: 'nothing', type: 'VARCHAR', charset: 255, decimals: 31, flags: 1 },
      { name: 'NULL', charset: 63, flags: 32_896 },
    ],
    rows: [{ lengths: ['1', String(bytes.length - 1), '0', '-1'], values: bytes.toString('base64') }],
  });
});

test('a row of nothing has no values; no rows have no rows field', async () => {
  async function ask(query: string): Promise<unknown> {
    const response = await fetch(`${gateway.url}/psdb.v1alpha1.Database/Execute`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${DATABASE}:loopus`)}` },
      body: JSON.stringify({ query }),
    });
    return ((await response.json()) as { result: unknown }).result;
  }
  expect(await ask('SELECT c24 FROM kinds WHERE id = 8')).toHaveProperty('rows', [{ lengths: ['-1'] }]);
  expect(await ask("SELECT ''")).toHaveProperty('rows', [{ lengths: ['0'] }]);
  expect(await ask('SELECT c24 FROM kinds WHERE id = 0')).not.toHaveProperty('rows');
  expect(await ask('CREATE TABLE IF NOT EXISTS kinds (id INT PRIMARY KEY)')).toEqual({});
  expect(await ask('UPDATE kinds SET c0 = 1 WHERE id = 0')).toEqual({});
});

test('expressions keep the types production gives them: integers and counts are 64 bits wide', async () => {
  const { types } = await client.execute(
    'SELECT 1 AS one, COUNT(*) AS count, EXISTS (SELECT 1) AS found, SUM(id) AS sum, AVG(c0) AS avg, LENGTH("a") AS length, ' +
      'JSON_OBJECT("a", 1) AS json, NOW(3) AS now, RAND() AS random, CASE WHEN 1 THEN 2 END AS choice FROM kinds',
  );
  expect(types).toEqual({
    one: 'INT64',
    count: 'INT64',
    found: 'INT64',
    sum: 'DECIMAL',
    avg: 'DECIMAL',
    length: 'INT64',
    json: 'JSON',
    now: 'DATETIME',
    random: 'FLOAT64',
    choice: 'INT64',
  });
});
