/**
 * PlanetScale's HTTP interface in front of a real MySQL: the protocol of @planetscale/database 1.20, and production's
 * refusals. The user name of the address chooses the database, so that every test worker can have its own.
 */
import { randomUUID } from 'node:crypto';
import { startStandIn, type Reply, type StandIn, type StandInRequest } from '../stand-in.ts';
import { openDatabases, type Databases, type MysqlAccess } from './databases.ts';
import { buildSession, execute, UNAUTHENTICATED, type Execution } from './execute.ts';
import { createStatementLog } from './statement-log.ts';
import { createTransactions, type TransactionLimits } from './transactions.ts';

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
  const execution: Execution = { databases, transactions, log: createStatementLog(), limits };

  async function handle(request: StandInRequest): Promise<Reply> {
    const database = readDatabase(request.headers.authorization, password);
    if (database === undefined) return UNAUTHENTICATED;
    if (request.method === 'POST' && request.path === '/psdb.v1alpha1.Database/Execute') {
      return await execute(execution, database, request.json());
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
    control: buildControls(execution),
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

function buildControls({ databases, transactions, log }: Execution) {
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
