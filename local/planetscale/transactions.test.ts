/** Transactions as production keeps them: pinned, short, one statement at a time. */
import { Client, Connection } from '@planetscale/database';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { startPlanetscaleGateway, type PlanetscaleGateway, type PlanetscaleLimits } from './gateway.ts';

const DATABASE = 'gateway_transactions';
const started: PlanetscaleGateway[] = [];

let gateway: PlanetscaleGateway;
let client: Client;

async function start(limits: Partial<PlanetscaleLimits> = {}): Promise<PlanetscaleGateway> {
  const one = await startPlanetscaleGateway({ mysql: inject('mysql'), limits });
  started.push(one);
  return one;
}

beforeAll(async () => {
  gateway = await start();
  await gateway.createDatabase(DATABASE);
  client = new Client({ url: gateway.databaseUrl(DATABASE) });
  await client.execute('DROP TABLE IF EXISTS counters');
  await client.execute('CREATE TABLE counters (id INT PRIMARY KEY, n INT NOT NULL)');
});

beforeEach(async () => {
  await client.execute('DELETE FROM counters');
  await client.execute('INSERT INTO counters VALUES (1, 0), (2, 0)');
});

afterAll(async () => {
  await fetch(`${gateway.url}/_control/databases`, {
    method: 'DELETE',
    body: JSON.stringify({ name: DATABASE }),
  });
  for (const one of started) await one.close();
});

function connect(to: PlanetscaleGateway = gateway): Connection {
  return new Connection({ url: to.databaseUrl(DATABASE) });
}

async function read(id = 1): Promise<unknown> {
  return (await client.execute('SELECT n FROM counters WHERE id = ?', [id], { as: 'array' })).rows[0]?.[0];
}

const add = 'UPDATE counters SET n = n + 1 WHERE id = 1';

describe('the usual', () => {
  test('a transaction is seen by others when it has been committed', async () => {
    await client.transaction(async (tx) => {
      await tx.execute(add);
      expect(await read()).toBe(0);
      expect((await tx.execute('SELECT n FROM counters WHERE id = 1')).rows).toEqual([{ n: 1 }]);
    });
    expect(await read()).toBe(1);
  });

  test('an exception rolls back, and so does a failing statement', async () => {
    await expect(
      client.transaction(async (tx) => {
        await tx.execute(add);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await expect(
      client.transaction(async (tx) => {
        await tx.execute(add);
        await tx.execute('INSERT INTO counters VALUES (1, 0)');
      }),
    ).rejects.toThrow('(errno 1062)');
    expect(await read()).toBe(0);
  });

  test('savepoints', async () => {
    await client.transaction(async (tx) => {
      await tx.execute(add);
      await tx.execute('SAVEPOINT sp1');
      await tx.execute(add);
      await tx.execute('ROLLBACK TO SAVEPOINT sp1');
      await tx.execute('SAVEPOINT sp2');
      await tx.execute(add);
      await tx.execute('RELEASE SAVEPOINT sp2');
    });
    expect(await read()).toBe(2);
  });

  test('COMMIT and ROLLBACK without a transaction do nothing; a second BEGIN commits the first', async () => {
    const connection = connect();
    await connection.execute('COMMIT');
    await connection.execute('ROLLBACK');
    await connection.execute('BEGIN');
    await connection.execute(add);
    await connection.execute('BEGIN');
    await connection.execute(add);
    await connection.execute('ROLLBACK');
    expect(await read()).toBe(1);
  });

  test('a read-only transaction refuses to write', async () => {
    const connection = connect();
    await connection.execute('START TRANSACTION READ ONLY');
    await expect(connection.execute(add)).rejects.toThrow('(errno 1792)');
    await connection.execute('ROLLBACK');
  });

  test('two transactions do not see each other, and wait for each other', async () => {
    const first = connect();
    const second = connect();
    await first.execute('BEGIN');
    await second.execute('BEGIN');
    await first.execute(add);
    const waiting = second.execute(add);
    await first.execute('COMMIT');
    await waiting;
    await second.execute('COMMIT');
    expect(await read()).toBe(2);
  });
});

describe('what production aborts', () => {
  test('overlapping statements', async () => {
    const overlap = client.transaction(async (tx) => {
      await Promise.all([tx.execute(add), tx.execute(add)]);
    });
    await expect(overlap).rejects.toThrow(/code = Aborted desc = transaction \d+: in use: for query/);
    await client.execute('UPDATE counters SET n = 5 WHERE id = 1');
    expect(await read()).toBe(5);
  });

  test('a statement that was not waited for and comes after COMMIT', async () => {
    const connection = connect();
    await connection.execute('BEGIN');
    await connection.execute(add);
    const late = { ...(connection as unknown as { session: object }).session };
    await connection.execute('COMMIT');
    const response = await fetch(`${gateway.url}/psdb.v1alpha1.Database/Execute`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${DATABASE}:loopus`)}` },
      body: JSON.stringify({ query: add, session: late }),
    });
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('ABORTED');
    expect(error.message).toMatch(/transaction \d+: ended at .* UTC \(transaction committed\)/);
    expect(await read()).toBe(1);
  });

  test('a transaction that takes too long, idle', async () => {
    const brief = await start({ transactionMs: 100 });
    const connection = connect(brief);
    await connection.execute('BEGIN');
    await connection.execute(add);
    // Waits for the row until the transaction has been rolled back.
    await client.execute('UPDATE counters SET n = 7 WHERE id = 1');
    await expect(connection.execute(add)).rejects.toThrow(
      /code = Aborted desc = .*\(exceeded timeout: 0.1s\)/,
    );
    await expect(connection.execute('COMMIT')).rejects.toThrow('exceeded timeout');
    await connection.execute('ROLLBACK');
    expect(await read()).toBe(7);
  });

  test('a transaction that takes too long, in a statement', async () => {
    const brief = await start({ transactionMs: 100 });
    const slow = new Client({ url: brief.databaseUrl(DATABASE) }).transaction(async (tx) => {
      await tx.execute(add);
      await tx.execute('SELECT SLEEP(60)');
    });
    await expect(slow).rejects.toThrow(/\(errno (?:2013|1317)\)/);
    await client.execute('UPDATE counters SET n = 8 WHERE id = 1');
    expect(await read()).toBe(8);
  });

  test('more transactions than the pool holds, after a wait', async () => {
    const small = await start({ transactions: 1, poolWaitMs: 50 });
    const holder = connect(small);
    await holder.execute('BEGIN');
    await holder.execute(add);
    const other = new Client({ url: small.databaseUrl(DATABASE) });
    await expect(other.transaction((tx) => tx.execute('SELECT 1'))).rejects.toThrow(
      'code = ResourceExhausted desc = transaction pool connection limit exceeded',
    );
    const patient = await start({ transactions: 1, poolWaitMs: 60_000 });
    const first = connect(patient);
    await first.execute('BEGIN');
    await first.execute('SELECT 1');
    const second = new Client({ url: patient.databaseUrl(DATABASE) }).transaction((tx) =>
      tx.execute('SELECT 2'),
    );
    await first.execute('COMMIT');
    await second;
    await holder.execute('ROLLBACK');
    await other.transaction((tx) => tx.execute('SELECT 3'));
  });

  test('a failover: open transactions are gone, what they did is undone', async () => {
    const idle = connect();
    await idle.execute('BEGIN');
    await idle.execute(add);
    const busy = connect();
    await busy.execute('BEGIN');
    await busy.execute('UPDATE counters SET n = 1 WHERE id = 2');
    const asleep = expect(busy.execute('SELECT SLEEP(60)')).rejects.toThrow(/\(errno (?:2013|1317)\)/);
    await waitUntilSleeping();
    const response = await fetch(`${gateway.url}/_control/failover`, {
      method: 'POST',
      body: JSON.stringify({ database: DATABASE }),
    });
    expect(await response.json()).toEqual({ ended: 2 });
    await asleep;
    for (const connection of [idle, busy]) {
      await expect(connection.execute(add)).rejects.toThrow(
        /code = Aborted desc = transaction \d+: not found/,
      );
      await connection.execute('ROLLBACK');
    }
    await client.execute('UPDATE counters SET n = n + 10');
    expect([await read(1), await read(2)]).toEqual([10, 10]);
  });

  async function waitUntilSleeping(): Promise<void> {
    await vi.waitFor(async () => {
      const { size } = await client.execute(
        "SELECT 1 FROM information_schema.processlist WHERE info = 'SELECT SLEEP(60)'",
      );
      expect(size).toBe(1);
    });
  }

  test('a session that the gateway has never seen', async () => {
    const response = await fetch(`${gateway.url}/psdb.v1alpha1.Database/Execute`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${DATABASE}:loopus`)}` },
      body: JSON.stringify({
        query: add,
        session: { vitessSession: { SessionUUID: 'x', inTransaction: true } },
      }),
    });
    expect(await response.json()).toMatchObject({ error: { code: 'ABORTED' } });
    expect(await read()).toBe(0);
  });
});

describe('too much', () => {
  let large: Client;

  beforeAll(async () => {
    large = new Client({ url: gateway.databaseUrl(DATABASE) });
    await large.execute('DROP TABLE IF EXISTS many');
    await large.execute(
      'CREATE TABLE many (id INT PRIMARY KEY AUTO_INCREMENT, n INT NOT NULL DEFAULT 0, text MEDIUMTEXT)',
    );
    await large.execute(`INSERT INTO many (n) VALUES ${Array.from({ length: 1000 }, () => '(0)').join(',')}`);
    for (const rows of [49_000, 49_000, 1001]) {
      await large.execute(
        `INSERT INTO many (n) SELECT a.n FROM many a JOIN (SELECT 1 FROM many LIMIT 1000) b LIMIT ${rows}`,
      );
    }
  });

  async function changed(): Promise<unknown> {
    return (await large.execute('SELECT COUNT(*) AS n FROM many WHERE n <> 0')).rows[0];
  }

  const excess = 'code = Aborted desc = Row count exceeded 100000';

  test('100,000 rows come, one more does not', async () => {
    expect((await large.execute('SELECT id FROM many LIMIT 100000', null, { as: 'array' })).size).toBe(
      100_000,
    );
    await expect(large.execute('SELECT id FROM many')).rejects.toThrow(excess);
    await expect(large.execute('SELECT id FROM many LIMIT 100001')).rejects.toThrow(excess);
  });

  test('100,001 rows changed are taken back, outside and inside a transaction', async () => {
    await expect(large.execute('UPDATE many SET n = 1')).rejects.toThrow(excess);
    await expect(large.execute('DELETE FROM many')).rejects.toThrow(excess);
    await expect(large.execute('INSERT INTO many (n) SELECT 1 FROM many')).rejects.toThrow(excess);
    expect(await changed()).toEqual({ n: '0' });
    const transaction = large.transaction(async (tx) => {
      await tx.execute('UPDATE many SET n = 2 WHERE id = 1');
      await tx.execute('UPDATE many SET n = 2').catch(() => undefined);
      await tx.execute('UPDATE many SET n = 2 WHERE id = 2');
    });
    await expect(transaction).rejects.toThrow('row count exceeded');
    expect(await changed()).toEqual({ n: '0' });
    expect((await large.execute('UPDATE many SET n = 0 LIMIT 100000')).rowsAffected).toBe(100_000);
  });

  test('a failing change outside a transaction leaves nothing behind and frees its connection', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await expect(large.execute('UPDATE many SET id = 2 WHERE id = 1')).rejects.toThrow('(errno 1062)');
    }
    expect(await changed()).toEqual({ n: '0' });
  });

  test('a result or a statement beyond 64 MiB', async () => {
    await large.execute("UPDATE many SET text = REPEAT('x', 8 * 1024 * 1024) WHERE id <= 8");
    const exhausted = 'code = ResourceExhausted desc = grpc: received message larger than max';
    await expect(large.execute('SELECT n, text FROM many WHERE id <= 8')).rejects.toThrow(exhausted);
    expect((await large.execute('SELECT LENGTH(text) AS l FROM many WHERE id <= 8')).size).toBe(8);
    const brief = await start({ bytes: 1000 });
    const small = new Client({ url: brief.databaseUrl(DATABASE) });
    await expect(small.execute(`SELECT '${'x'.repeat(1000)}'`)).rejects.toThrow(exhausted);
    expect((await small.execute(`SELECT '${'x'.repeat(900)}'`)).size).toBe(1);
  });
});
