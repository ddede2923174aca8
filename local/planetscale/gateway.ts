/**
 * PlanetScale's HTTP interface in front of a real MySQL: the protocol of @planetscale/database 1.20, and production's
 * refusals. The user name of the address chooses the database, so that every test worker can have its own.
 */
import { randomUUID } from 'node:crypto';
import { startStandIn, type Reply, type StandIn, type StandInRequest } from '../stand-in.ts';
import { openDatabases, type Databases, type MysqlAccess } from './databases.ts';
import {
  GatewayError,
  isMysqlError,
  refusedByTablet,
  unsupported,
  wrapMysqlError,
  type WireError,
} from './errors.ts';
import { readStatement, type Statement } from './rules.ts';
import { runStatement, type Outcome } from './run-statement.ts';
import { createStatementLog, type StatementLog } from './statement-log.ts';
import { createTransactions, type TransactionLimits, type Transactions } from './transactions.ts';

/** Production's limits; a test may lower them to meet them sooner. */
export type PlanetscaleLimits = TransactionLimits & {
  /** Transactions open at once in one database. */
  transactions: number;
};

export type PlanetscaleGateway = StandIn & {
  /** The DATABASE_URL of one database. */
  databaseUrl(database: string): string;
  /** Makes the database if it is missing. */
  createDatabase(database: string): Promise<void>;
};

/**
 * PlanetScale's page on system limits: 100,000 rows and 64 MiB a statement, 20 s a transaction. The size of the
 * transaction pool and the wait for it are Vitess's defaults.
 */
const PRODUCTION_LIMITS: PlanetscaleLimits = {
  rows: 100_000,
  bytes: 64 * 1024 * 1024,
  transactionMs: 20_000,
  transactions: 20,
  poolWaitMs: 1000,
};

const DATABASE_NAME = /^[A-Za-z0-9_]{1,64}$/;
const UNKNOWN_DATABASE = 1049;
const LOST_CONNECTION = 2013;

type Session = { vitessSession?: { SessionUUID?: string; inTransaction?: boolean } } | null;

type Gateway = {
  databases: Databases;
  transactions: Transactions;
  log: StatementLog;
  limits: PlanetscaleLimits;
};

/**
 * Starts the gateway on 127.0.0.1. Rejects when MySQL does not answer. Switches below `/_control/`, beside those of
 * every stand-in: `databases` (POST makes, DELETE drops `{ name }`), `failover` (POST, optional `{ database }`: ends
 * open transactions as a failover does), `statements` (GET, optional `?database=`: counts and times) and
 * `statements/reset` (POST, optional `{ database }`).
 */
export async function startPlanetscaleGateway(options: {
  mysql: MysqlAccess;
  port?: number;
  /** Milliseconds added to every answer. */
  latencyMs?: number;
  /** Of every user; letters and digits only, as it travels in an address. */
  password?: string;
  limits?: Partial<PlanetscaleLimits>;
}): Promise<PlanetscaleGateway> {
  const limits = { ...PRODUCTION_LIMITS, ...options.limits };
  const password = options.password ?? 'loopus';
  const databases = await openDatabases(options.mysql, limits);
  const transactions = createTransactions(databases, limits);
  const gateway: Gateway = { databases, transactions, log: createStatementLog(), limits };

  async function handle(request: StandInRequest): Promise<Reply> {
    const database = readDatabase(request.headers.authorization, password);
    if (database === undefined) return UNAUTHENTICATED;
    if (request.method === 'POST' && request.path === '/psdb.v1alpha1.Database/Execute') {
      return await execute(gateway, database, request);
    }
    if (request.method === 'POST' && request.path === '/psdb.v1alpha1.Database/CreateSession') {
      const user = { username: database, psid: 'planetscale-local' };
      return { status: 200, body: { branch: 'main', user, session: buildSession(randomUUID(), false) } };
    }
    return { status: 404, body: { code: 'unimplemented', message: `no method at ${request.path}` } };
  }

  const standIn = await startStandIn({
    ...(options.port !== undefined && { port: options.port }),
    ...(options.latencyMs !== undefined && { latencyMs: options.latencyMs }),
    handle,
    control: buildControls(gateway),
    async onClose() {
      await transactions.failOver();
      await databases.close();
    },
  }).catch(async (error: unknown) => {
    await databases.close();
    throw error;
  });
  return {
    ...standIn,
    databaseUrl: (database) => `http://${database}:${password}@127.0.0.1:${standIn.port}/${database}`,
    createDatabase: (database) => createDatabase(databases, database),
  };
}

const UNAUTHENTICATED: Reply = {
  status: 401,
  body: { error: { code: 'unauthenticated', message: 'invalid auth credentials' } },
};

/** The user name of Basic credentials whose password is right. */
function readDatabase(header: string | undefined, password: string): string | undefined {
  const encoded = /^Basic (\S+)$/.exec(header ?? '')?.[1];
  if (!encoded) return undefined;
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return rest.join(':') === password && DATABASE_NAME.test(user) ? user : undefined;
}

async function createDatabase(databases: Databases, name: string): Promise<void> {
  checkName(name);
  await databases.administer(
    `CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci`,
  );
}

function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || !DATABASE_NAME.test(name))
    throw new Error(`not a database name: ${String(name)}`);
}

function buildControls({ databases, transactions, log }: Gateway) {
  return {
    async databases(body: unknown, _url: URL, method: string) {
      const { name } = body as { name?: unknown };
      checkName(name);
      if (method !== 'DELETE') {
        await createDatabase(databases, name);
        return { name };
      }
      await transactions.failOver(name);
      await databases.release(name);
      await databases.administer(`DROP DATABASE IF EXISTS \`${name}\``);
      log.reset(name);
      return { name };
    },
    async failover(body: unknown) {
      return { ended: await transactions.failOver((body as { database?: string } | undefined)?.database) };
    },
    statements: (_body: unknown, url: URL) => log.report(url.searchParams.get('database') ?? undefined),
    'statements/reset': (body: unknown) => log.reset((body as { database?: string } | undefined)?.database),
  };
}

function buildSession(id: string, isInTransaction: boolean): object {
  return {
    signature: Buffer.from(id).toString('base64'),
    vitessSession: {
      autocommit: true,
      options: { includedFields: 'ALL', clientFoundRows: true },
      DDLStrategy: 'direct',
      SessionUUID: id,
      enableSystemSettings: true,
      ...(isInTransaction && { inTransaction: true }),
    },
  };
}

async function execute(gateway: Gateway, database: string, request: StandInRequest): Promise<Reply> {
  const { query, session } = request.json() as { query?: string; session?: Session };
  const sql = query ?? '';
  const sessionId = session?.vitessSession?.SessionUUID ?? randomUUID();
  let isInTransaction = session?.vitessSession?.inTransaction === true;
  let answer: string;
  let ms = 0;
  try {
    const statement = readAllowed(gateway, database, sql, isInTransaction);
    const started = performance.now();
    try {
      answer = `"result":${await carryOut(gateway, database, sessionId, isInTransaction, statement, sql)}`;
    } finally {
      ms = performance.now() - started;
      gateway.log.record(database, statement.digest, ms);
    }
    if (statement.kind === 'begin') isInTransaction = true;
    if (statement.kind === 'commit' || statement.kind === 'rollback') isInTransaction = false;
  } catch (error) {
    if (
      isMysqlError(error) &&
      error.errno === UNKNOWN_DATABASE &&
      error.sqlMessage.includes(`'${database}'`)
    ) {
      await gateway.databases.release(database);
      gateway.log.reset(database);
      return UNAUTHENTICATED;
    }
    answer = `"error":${JSON.stringify(describeError(database, sql, error))}`;
  }
  const sessionJson = JSON.stringify(buildSession(sessionId, isInTransaction));
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `{"session":${sessionJson},${answer},"timing":${(ms / 1000).toFixed(6)}}`,
  };
}

/** Throws what production answers to a statement it does not take. */
function readAllowed(gateway: Gateway, database: string, sql: string, isInTransaction: boolean): Statement {
  if (Buffer.byteLength(sql) > gateway.limits.bytes) {
    throw refusedByTablet(
      database,
      'ResourceExhausted',
      tooLarge(Buffer.byteLength(sql), gateway.limits.bytes),
    );
  }
  const statement = readStatement(sql);
  if (statement.refusal) throw statement.refusal;
  if (statement.needsTransaction && !isInTransaction) {
    throw unsupported('reading what another statement left, outside a transaction');
  }
  return statement;
}

/** Gives the `result` as JSON. */
async function carryOut(
  gateway: Gateway,
  database: string,
  sessionId: string,
  isInTransaction: boolean,
  statement: Statement,
  sql: string,
): Promise<string> {
  const { transactions, limits } = gateway;
  switch (statement.kind) {
    case 'begin':
      await transactions.begin(sessionId, database, sql);
      return '{}';
    case 'commit':
      if (isInTransaction) await transactions.commit(sessionId, database);
      return '{}';
    case 'rollback':
      await transactions.rollback(sessionId, database);
      return '{}';
    default: {
      const outcome = isInTransaction
        ? await transactions.run(sessionId, database, sql)
        : await runAlone(gateway, database, statement, sql);
      if (outcome.excess === 'rows')
        throw refusedByTablet(database, 'Aborted', `Row count exceeded ${limits.rows}`);
      if (outcome.excess === 'bytes') {
        throw refusedByTablet(database, 'ResourceExhausted', tooLarge(undefined, limits.bytes));
      }
      return outcome.json;
    }
  }
}

/** A statement outside transactions. One that may change too many rows can still be taken back. */
async function runAlone(
  gateway: Gateway,
  database: string,
  statement: Statement,
  sql: string,
): Promise<Outcome> {
  const { databases, limits } = gateway;
  const connection = await databases.acquire(database, 'statements');
  try {
    if (statement.kind !== 'change') return await runStatement(connection, sql, limits);
    await runStatement(connection, 'START TRANSACTION', limits);
    const outcome = await runStatement(connection, sql, limits).catch(async (error: unknown) => {
      await runStatement(connection, 'ROLLBACK', limits);
      throw error;
    });
    await runStatement(connection, outcome.excess ? 'ROLLBACK' : 'COMMIT', limits);
    return outcome;
  } finally {
    connection.release();
  }
}

function tooLarge(bytes: number | undefined, limit: number): string {
  return `grpc: received message larger than max (${bytes ?? 'more'} vs. ${limit})`;
}

function describeError(database: string, sql: string, error: unknown): WireError {
  if (error instanceof GatewayError) return { code: error.code, message: error.message };
  if (isMysqlError(error)) return wrapMysqlError(database, sql, error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'PROTOCOL_CONNECTION_LOST' || code === 'ECONNRESET' || code === 'EPIPE') {
    const lost = 'Lost connection to MySQL server during query';
    return wrapMysqlError(database, sql, {
      name: 'Error',
      message: lost,
      sqlMessage: lost,
      errno: LOST_CONNECTION,
      sqlState: 'HY000',
    });
  }
  if (code === 'ECONNREFUSED' || code === 'ENOENT') {
    const reason = `no healthy tablet available for 'keyspace:"${database}" shard:"-" tablet_type:PRIMARY'`;
    const { code: wireCode, message } = refusedByTablet(database, 'Unavailable', reason);
    return { code: wireCode, message };
  }
  throw error;
}
