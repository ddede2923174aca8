/** The gateway through @planetscale/database, as the Worker uses it, and through plain HTTP where the wire matters. */
import { Client, Connection, DatabaseError, UnknownError } from '@planetscale/database';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { startPlanetscaleGateway, type PlanetscaleGateway } from './gateway.ts';

const DATABASE = 'gateway_statements';

let gateway: PlanetscaleGateway;
let client: Client;

beforeAll(async () => {
  gateway = await startPlanetscaleGateway({ mysql: inject('mysql') });
  await gateway.createDatabase(DATABASE);
  client = new Client({ url: gateway.databaseUrl(DATABASE) });
  await client.execute('DROP TABLE IF EXISTS accounts');
  await client.execute(
    'CREATE TABLE accounts (id BIGINT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40) UNIQUE, money INT)',
  );
});

beforeEach(async () => {
  await client.execute('TRUNCATE TABLE accounts');
  await client.execute("INSERT INTO accounts VALUES (1, 'kim', 100), (2, 'lee', 100)");
});

afterAll(async () => {
  await control('databases', { name: DATABASE }, 'DELETE');
  await gateway.close();
});

async function control(name: string, body?: object, method = 'POST'): Promise<unknown> {
  const response = await fetch(`${gateway.url}/_control/${name}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

async function fail(promise: Promise<unknown>): Promise<DatabaseError> {
  const error = await promise.then(
    () => expect.fail('should have been refused'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  return error as DatabaseError;
}

async function readMoney(id: number): Promise<number> {
  const { rows } = await client.execute('SELECT money FROM accounts WHERE id = ?', [id], { as: 'array' });
  return (rows as [[number]])[0][0];
}

describe('statements', () => {
  test('an insert tells its id and rows; the largest id is exact', async () => {
    const one = await client.execute("INSERT INTO accounts (name, money) VALUES ('park', 1)");
    expect(one).toMatchObject({ insertId: '3', rowsAffected: 1, rows: [], fields: [], size: 0 });
    const two = await client.execute("INSERT INTO accounts (name, money) VALUES ('choi', 1), ('jung', 2)");
    expect(two).toMatchObject({ insertId: '4', rowsAffected: 2 });
    await client.execute('CREATE TABLE wide (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT)');
    const wide = await client.execute('INSERT INTO wide VALUES (18446744073709551615)');
    expect(wide).toMatchObject({ insertId: '18446744073709551615', rowsAffected: 1 });
    await client.execute('DROP TABLE wide');
  });

  test('rows affected are rows matched; an upsert counts 1 new, 2 changed, 1 unchanged', async () => {
    async function affect(sql: string): Promise<number> {
      return (await client.execute(sql)).rowsAffected;
    }
    expect(await affect('UPDATE accounts SET money = 100')).toBe(2);
    expect(await affect('UPDATE accounts SET money = 5 WHERE id = 9')).toBe(0);
    const upsert = 'INSERT INTO accounts VALUES (9, "han", 1) ON DUPLICATE KEY UPDATE money =';
    expect(await affect(`${upsert} 1`)).toBe(1);
    expect(await affect(`${upsert} 2`)).toBe(2);
    expect(await affect(`${upsert} 2`)).toBe(1);
    expect(await affect('INSERT IGNORE INTO accounts VALUES (9, "han", 1)')).toBe(0);
    expect(await affect('DELETE FROM accounts')).toBe(3);
  });

  test('what the client escapes arrives as it was', async () => {
    const name = `\\ ' " \` ? :name \n\r\t\0\b\u001a % _ -- # /* 가 👩‍🎓`;
    await client.execute('INSERT INTO accounts (name, money) VALUES (?, ?)', [name, 1]);
    const { rows } = await client.execute('SELECT name FROM accounts WHERE name = :name', { name });
    expect(rows).toEqual([{ name }]);
  });

  test('text is compared as production compares it: accents and case alike, emoji and blanks apart', async () => {
    const { rows } = await client.execute(
      "SELECT 'É' = 'e' AS accent, '👍' = '👎' AS emoji, 'a ' = 'a' AS blank, @@time_zone AS zone",
    );
    expect(rows).toEqual([{ accent: '1', emoji: '0', blank: '0', zone: '+00:00' }]);
  });
});

describe('errors', () => {
  test.each([
    [
      "INSERT INTO accounts VALUES (1, 'x', 1)",
      1062,
      '23000',
      "Duplicate entry '1' for key 'accounts.PRIMARY'",
    ],
    [
      "INSERT INTO accounts VALUES (5, 'kim', 1)",
      1062,
      '23000',
      "Duplicate entry 'kim' for key 'accounts.name'",
    ],
    ['SELECT * FROM missing', 1146, '42S02', `Table '${DATABASE}.missing' doesn't exist`],
    ['SELECT nothing FROM accounts', 1054, '42S22', "Unknown column 'nothing'"],
    ['SELECT FROM', 1064, '42000', 'You have an error in your SQL syntax'],
    [
      'DELETE FROM accounts WHERE id = 1 RETURNING name',
      1064,
      '42000',
      'You have an error in your SQL syntax',
    ],
    [
      "INSERT INTO accounts (name) VALUES (REPEAT('x', 41))",
      1406,
      '22001',
      "Data too long for column 'name'",
    ],
    ["INSERT INTO accounts (money) VALUES ('x')", 1366, 'HY000', 'Incorrect integer value'],
    ['SELECT id, SUM(money) FROM accounts', 1140, '42000', 'incompatible with sql_mode=only_full_group_by'],
    ['CREATE TABLE loose (a INT)', 3750, 'HY000', 'without a primary key'],
    ['CREATE TABLE loose (a INT UNIQUE)', 3750, 'HY000', 'without a primary key'],
    [
      'ALTER TABLE accounts MODIFY id BIGINT NOT NULL, DROP PRIMARY KEY',
      3750,
      'HY000',
      'without a primary key',
    ],
  ])('%s', async (sql, errno, state, text) => {
    const error = await fail(client.execute(sql));
    expect(error.status).toBe(400);
    expect(error.body.code).toBe(errno === 1146 || errno === 1054 ? 'NOT_FOUND' : 'UNKNOWN');
    expect(error.message).toMatch(
      /^target: gateway_statements\.-\.primary: vttablet: rpc error: code = \w+ desc = /,
    );
    expect(error.message).toContain(`(errno ${errno}) (sqlstate ${state}) (CallerID: ${DATABASE}): Sql: "`);
    expect(error.message).toContain(text);
  });

  test('a unique key that cannot be null is key enough', async () => {
    await client.execute('CREATE TABLE keyed (a INT NOT NULL UNIQUE)');
    await client.execute('DROP TABLE keyed');
  });

  test('the message carries the values, so logs must not repeat it', async () => {
    const error = await fail(
      client.execute("INSERT INTO accounts (id, name) VALUES (1, 'secret@snu.ac.kr')"),
    );
    expect(error.message).toContain('values (:vtg1, :vtg2)'.replace('values', 'VALUES'));
    expect(error.message).toContain('secret@snu.ac.kr');
  });

  test('refusals carry Vitess words and reach nothing', async () => {
    const error = await fail(client.execute('DELETE FROM accounts; SELECT 1'));
    expect(error.status).toBe(400);
    expect(error.body).toEqual({
      code: 'UNIMPLEMENTED',
      message: 'VT12001: unsupported: several statements in one query (errno 1235) (sqlstate 42000)',
    });
    expect(await readMoney(1)).toBe(100);
  });

  test('a deadlock is errno 1213, ends its transaction, and lets the other go on', async () => {
    const first = new Connection({ url: gateway.databaseUrl(DATABASE) });
    const second = new Connection({ url: gateway.databaseUrl(DATABASE) });
    await first.execute('BEGIN');
    await second.execute('BEGIN');
    await first.execute('UPDATE accounts SET money = 1 WHERE id = 1');
    await second.execute('UPDATE accounts SET money = 2 WHERE id = 2');
    const outcomes = await Promise.allSettled([
      first.execute('UPDATE accounts SET money = 1 WHERE id = 2'),
      second.execute('UPDATE accounts SET money = 2 WHERE id = 1'),
    ]);
    const [winner, loser] = outcomes[0]?.status === 'fulfilled' ? [first, second] : [second, first];
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(String(lost?.reason)).toContain('code = Aborted');
    expect(String(lost?.reason)).toContain('(errno 1213) (sqlstate 40001)');
    expect((await fail(loser.execute('UPDATE accounts SET money = 9'))).message).toMatch(
      /ended at .*\(deadlock\)/,
    );
    await loser.execute('ROLLBACK');
    await winner.execute('COMMIT');
    expect(await readMoney(1)).toBe(await readMoney(2));
  });
});

describe('who may come in', () => {
  async function knock(user: string, password: string): Promise<DatabaseError> {
    return await fail(
      new Client({ url: `http://${user}:${password}@127.0.0.1:${gateway.port}` }).execute('SELECT 1'),
    );
  }

  test('a wrong password, an unknown database and no credentials are 401', async () => {
    const refused = new DatabaseError('invalid auth credentials', 401, {
      code: 'unauthenticated',
      message: 'invalid auth credentials',
    });
    expect(await knock(DATABASE, 'wrong')).toEqual(refused);
    expect(await knock('gateway_unknown', 'loopus')).toEqual(refused);
    expect(await knock('gateway-odd%20name', 'loopus')).toEqual(refused);
    const response = await fetch(`${gateway.url}/psdb.v1alpha1.Database/Execute`, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(401);
  });

  test('an unknown path is 404', async () => {
    const response = await fetch(`${gateway.url}/psdb.v1alpha1.Database/Other`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${DATABASE}:loopus`)}` },
    });
    expect(response.status).toBe(404);
  });

  test('databases are made, kept apart and dropped', async () => {
    await control('databases', { name: 'gateway_other' });
    await control('databases', { name: 'gateway_other' });
    const other = new Client({ url: gateway.databaseUrl('gateway_other') });
    expect((await other.execute('SHOW TABLES')).rows).toEqual([]);
    expect((await other.execute('SELECT DATABASE() AS name')).rows).toEqual([{ name: 'gateway_other' }]);
    await control('databases', { name: 'gateway_other' }, 'DELETE');
    expect((await fail(other.execute('SELECT 1'))).status).toBe(401);
    await control('databases', { name: 'gateway_other' });
    expect((await other.execute('SELECT 1')).size).toBe(1);
    await control('databases', { name: 'gateway_other' }, 'DELETE');
  });
});

describe('sessions', () => {
  test('a connection can ask for a session and be echoed it', async () => {
    const connection = new Connection({ url: gateway.databaseUrl(DATABASE) });
    await connection.refresh();
    expect((await connection.execute('SELECT 1 AS one')).rows).toEqual([{ one: '1' }]);
  });

  test('last_insert_id() outside a transaction is refused, inside it is right', async () => {
    expect((await fail(client.execute('SELECT LAST_INSERT_ID()'))).message).toContain('VT12001');
    const id = await client.transaction(async (tx) => {
      await tx.execute("INSERT INTO accounts (name) VALUES ('new')");
      return (await tx.execute('SELECT LAST_INSERT_ID() AS id')).rows;
    });
    expect(id).toEqual([{ id: '3' }]);
  });
});

test('statements are counted with their times, by database, and can be forgotten', async () => {
  type Report = {
    total: number;
    databaseMs: number;
    statements: { digest: string; count: number; latencies: number[] }[];
  };
  await control('statements/reset', { database: DATABASE });
  await client.transaction(async (tx) => {
    await tx.execute('SELECT 1 AS a');
    await tx.execute('SELECT 2 AS a');
  });
  await client.execute('SELECT nothing FROM accounts').catch(() => undefined);
  const report = (await control(`statements?database=${DATABASE}`, undefined, 'GET')) as Report;
  expect(report.total).toBe(5);
  expect(report.databaseMs).toBeGreaterThan(0);
  const counts = Object.fromEntries(report.statements.map(({ digest, count }) => [digest, count]));
  expect(counts).toEqual({ BEGIN: 1, 'SELECT ? AS a': 2, COMMIT: 1, 'SELECT nothing FROM accounts': 1 });
  for (const { count, latencies } of report.statements) expect(latencies).toHaveLength(count);
  expect(await control('statements?database=gateway_unknown', undefined, 'GET')).toMatchObject({ total: 0 });
  await control('statements/reset');
  expect(await control('statements', undefined, 'GET')).toEqual({ total: 0, databaseMs: 0, statements: [] });
});

describe('faults', () => {
  const insert = "INSERT INTO accounts VALUES (50, 'fault', 1)";

  async function exists(): Promise<boolean> {
    return (await client.execute('SELECT 1 FROM accounts WHERE id = 50')).size === 1;
  }

  test('an error before reaches nothing, for as many requests as asked', async () => {
    await control('faults', { mode: 'error', count: 2 });
    const error = await fail(client.execute(insert));
    expect(error).toBeInstanceOf(UnknownError);
    expect(error.status).toBe(500);
    await fail(client.execute(insert));
    expect(await exists()).toBe(false);
  });

  test('an error after has done its work', async () => {
    await control('faults', { mode: 'error', count: 1, when: 'after' });
    expect((await fail(client.execute(insert))).status).toBe(500);
    expect(await exists()).toBe(true);
  });

  test('a cut connection, before and after', async () => {
    await control('faults', { mode: 'drop', count: 1 });
    await expect(client.execute(insert)).rejects.toThrow(TypeError);
    expect(await exists()).toBe(false);
    await control('faults', { mode: 'drop', count: 1, when: 'after' });
    await expect(client.execute(insert)).rejects.toThrow(TypeError);
    expect(await exists()).toBe(true);
  });

  test('only statements with the given text are struck, until the fault is taken away', async () => {
    await control('faults', { mode: 'error', match: 'DELETE' });
    expect(await readMoney(1)).toBe(100);
    await fail(client.execute('DELETE FROM accounts'));
    await fail(client.execute('DELETE FROM accounts'));
    await control('faults', undefined, 'DELETE');
    expect((await client.execute('DELETE FROM accounts')).rowsAffected).toBe(2);
  });

  test('a delay and an added latency hold the answer back', async () => {
    async function measure(): Promise<number> {
      const started = performance.now();
      await client.execute('SELECT 1');
      return performance.now() - started;
    }
    await control('faults', { mode: 'delay', delayMs: 80, count: 1 });
    expect(await measure()).toBeGreaterThanOrEqual(79);
    await control('latency', { ms: 60 });
    expect(await measure()).toBeGreaterThanOrEqual(59);
    await control('latency', { ms: 0 });
  });
});
