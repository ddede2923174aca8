/** The Execute call: one statement in, its result or its error out, both with status 200. */
import { randomUUID } from 'node:crypto';
import type { Reply } from '../stand-in.ts';
import type { Databases } from './databases.ts';
import {
  GatewayError,
  isMysqlError,
  refusedByTablet,
  unsupported,
  wrapMysqlError,
  type WireError,
} from './errors.ts';
import { readStatement, type Statement } from './rules.ts';
import { runStatement, type Outcome, type StatementLimits } from './run-statement.ts';
import type { StatementLog } from './statement-log.ts';
import type { Transactions } from './transactions.ts';

export type Execution = {
  databases: Databases;
  transactions: Transactions;
  log: StatementLog;
  limits: StatementLimits;
};

/** What the client echoes of the session it was given. */
type Session = { vitessSession?: { SessionUUID?: string; inTransaction?: boolean } } | null;

type Call = { database: string; sql: string; sessionId: string; isInTransaction: boolean };

export const UNAUTHENTICATED: Reply = {
  status: 401,
  body: { error: { code: 'unauthenticated', message: 'invalid auth credentials' } },
};

const UNKNOWN_DATABASE = 1049;

export async function execute(execution: Execution, database: string, body: unknown): Promise<Reply> {
  const { query, session } = body as { query?: string; session?: Session };
  const call: Call = {
    database,
    sql: query ?? '',
    sessionId: session?.vitessSession?.SessionUUID ?? randomUUID(),
    isInTransaction: session?.vitessSession?.inTransaction === true,
  };
  const started = performance.now();
  let answer: string;
  try {
    const statement = readAllowed(execution, call);
    answer = `"result":${await carryOutLogged(execution, call, statement)}`;
    if (statement.kind === 'begin') call.isInTransaction = true;
    if (statement.kind === 'commit' || statement.kind === 'rollback') call.isInTransaction = false;
  } catch (error) {
    if (isUnknownDatabase(error, database)) {
      await execution.databases.release(database);
      execution.log.reset(database);
      return UNAUTHENTICATED;
    }
    answer = `"error":${JSON.stringify(describeError(call, error))}`;
  }
  const sessionJson = JSON.stringify(buildSession(call.sessionId, call.isInTransaction));
  const seconds = ((performance.now() - started) / 1000).toFixed(6);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `{"session":${sessionJson},${answer},"timing":${seconds}}`,
  };
}

export function buildSession(id: string, isInTransaction: boolean): object {
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

/** Throws what production answers to a statement it does not take. */
function readAllowed({ limits }: Execution, { database, sql, isInTransaction }: Call): Statement {
  const bytes = Buffer.byteLength(sql);
  if (bytes > limits.bytes) throw refuseSize(database, bytes, limits);
  const statement = readStatement(sql);
  if (statement.refusal) throw statement.refusal;
  if (statement.needsTransaction && !isInTransaction) {
    throw unsupported('reading what another statement left, outside a transaction');
  }
  return statement;
}

/** Gives the `result` as JSON; the time counts from the moment the statement is taken on, the wait for a connection included. */
async function carryOutLogged(execution: Execution, call: Call, statement: Statement): Promise<string> {
  const started = performance.now();
  try {
    return await carryOut(execution, call, statement);
  } finally {
    execution.log.record(call.database, statement.digest, performance.now() - started);
  }
}

async function carryOut(execution: Execution, call: Call, statement: Statement): Promise<string> {
  const { transactions } = execution;
  const { database, sql, sessionId, isInTransaction } = call;
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
        : await runAlone(execution, call, statement);
      return readResult(outcome, database, execution.limits);
    }
  }
}

function readResult({ json, excess }: Outcome, database: string, limits: StatementLimits): string {
  if (excess === 'rows') throw refusedByTablet(database, 'Aborted', `Row count exceeded ${limits.rows}`);
  if (excess === 'bytes') throw refuseSize(database, undefined, limits);
  return json;
}

/** A statement outside transactions. One that may change too many rows can still be taken back. */
async function runAlone(
  { databases, limits }: Execution,
  { database, sql }: Call,
  statement: Statement,
): Promise<Outcome> {
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

function refuseSize(database: string, bytes: number | undefined, limits: StatementLimits): GatewayError {
  const sizes = `${bytes ?? 'more'} vs. ${limits.bytes}`;
  return refusedByTablet(database, 'ResourceExhausted', `grpc: received message larger than max (${sizes})`);
}

function isUnknownDatabase(error: unknown, database: string): boolean {
  return (
    isMysqlError(error) && error.errno === UNKNOWN_DATABASE && error.sqlMessage.includes(`'${database}'`)
  );
}

function describeError({ database, sql }: Call, error: unknown): WireError {
  if (error instanceof GatewayError) return { code: error.code, message: error.message };
  if (isMysqlError(error)) return wrapMysqlError(database, sql, error);
  throw error;
}
