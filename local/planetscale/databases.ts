/** Connections to MySQL: for each database one pool for single statements and one for transactions, made when needed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, type Pool, type PoolConnection } from 'mysql2';
import type { EngineAddress } from '../engines/mysql.ts';
import { isMysqlError, refusedByTablet, type GatewayError } from './errors.ts';

export type MysqlAccess = EngineAddress & { user: string; password: string };

export type Databases = {
  /** Waits as long as it takes. Rejects with errno 1049 when the database is missing, as unavailable when MySQL is. */
  acquire(database: string, pool: 'statements' | 'transactions'): Promise<PoolConnection>;
  /** Runs a statement that belongs to no database. */
  administer(sql: string): Promise<void>;
  /** Closes the connections to one database. */
  release(database: string): Promise<void>;
  close(): Promise<void>;
};

/** Vitess's default size of the pool for statements outside transactions. */
const STATEMENT_CONNECTIONS = 16;

const CLOSE_PATIENCE_MS = 1000;

/** PlanetScale's session: its SQL mode, UTC, a key demanded of every table, one row more than may be returned. */
function buildSessionSettings(rowLimit: number): string {
  return (
    "SET SESSION time_zone = '+00:00', sql_require_primary_key = ON, " +
    `sql_select_limit = ${rowLimit + 1}, sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,` +
    "NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
  );
}

/** Rejects when MySQL does not answer or refuses the session's settings. */
export async function openDatabases(
  access: MysqlAccess,
  limits: { rows: number; transactions: number },
): Promise<Databases> {
  const settings = buildSessionSettings(limits.rows);
  const pools = new Map<string, Pool>();
  const administration = openPool(access, 2);
  await run(administration, settings);

  function findPool(database: string, kind: 'statements' | 'transactions'): Pool {
    const key = `${kind}/${database}`;
    let pool = pools.get(key);
    if (!pool) {
      const size = kind === 'statements' ? STATEMENT_CONNECTIONS : limits.transactions;
      pool = openPool(access, size, database);
      // Sent before anything else on the connection; it was tried when the gateway started.
      pool.on('connection', (connection) => connection.query(settings, () => undefined));
      pools.set(key, pool);
    }
    return pool;
  }

  async function release(database: string): Promise<void> {
    for (const kind of ['statements', 'transactions']) {
      const pool = pools.get(`${kind}/${database}`);
      pools.delete(`${kind}/${database}`);
      if (pool) await end(pool);
    }
  }

  return {
    acquire(database, kind) {
      return new Promise((resolve, reject) => {
        findPool(database, kind).getConnection((error, connection) => {
          if (!error) resolve(connection);
          else reject(isMysqlError(error) ? error : refuseWithoutServer(database));
        });
      });
    },
    administer: (sql) => run(administration, sql),
    release,
    async close() {
      const ended = Promise.all([administration, ...pools.values()].map(end));
      pools.clear();
      // A statement still running would hold its connection, and so us, until it has finished.
      await Promise.race([ended, sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}

function refuseWithoutServer(database: string): GatewayError {
  const target = `keyspace:"${database}" shard:"-" tablet_type:PRIMARY`;
  return refusedByTablet(database, 'Unavailable', `no healthy tablet available for '${target}'`);
}

function openPool(access: MysqlAccess, connectionLimit: number, database?: string): Pool {
  return createPool({
    ...('socketPath' in access
      ? { socketPath: access.socketPath }
      : { host: access.host, port: access.port }),
    user: access.user,
    password: access.password,
    ...(database !== undefined && { database }),
    connectionLimit,
    // The handshake's collation does what SET NAMES would, without a round trip.
    charset: 'UTF8MB4_0900_AI_CI',
    flags: ['FOUND_ROWS'],
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
}

function run(pool: Pool, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    pool.query(sql, (error) => (error ? reject(error) : resolve()));
  });
}

function end(pool: Pool): Promise<void> {
  return new Promise((resolve) => {
    pool.end(() => resolve());
  });
}
