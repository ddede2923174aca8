/**
 * Transactions pinned to the session that began them, with the ways production ends them: after 20 s, when the pool
 * is full, on a failover, on a deadlock, and when two statements overlap.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolConnection } from 'mysql2';
import type { Databases } from './databases.ts';
import { isMysqlError, LOST_CONNECTION, refusedByTablet, type GatewayError } from './errors.ts';
import { runStatement, type Outcome, type StatementLimits } from './run-statement.ts';

export type TransactionLimits = StatementLimits & {
  /** A transaction may live this long after its first statement. */
  transactionMs: number;
  /** How long its first statement waits for a place in the pool. */
  poolWaitMs: number;
};

type Transaction = {
  id: string;
  database: string;
  beginSql: string;
  isBusy: boolean;
  /** Pinned by the first statement: as in Vitess, BEGIN alone takes no connection. */
  connection?: PoolConnection;
  timer?: NodeJS.Timeout;
  /** Why it ended while it was busy; the running statement cleans up. */
  endedBecause?: string;
};

export type Transactions = {
  begin(sessionId: string, database: string, sql: string): Promise<void>;
  /** Rejects when the transaction has ended, or another of its statements is under way. */
  run(sessionId: string, database: string, sql: string): Promise<Outcome>;
  commit(sessionId: string, database: string): Promise<void>;
  /** Never rejects but for a statement under way; the transaction is rolled back as soon as that has ended. */
  rollback(sessionId: string, database: string): Promise<void>;
  /** Ends all (of one database) as a failover does. Gives their number. */
  failOver(database?: string): Promise<number>;
};

/** Ended transactions remembered, to tell the client why its next statement fails. */
const ENDED_KEPT = 1000;
const DEADLOCK = 1213;

export function createTransactions(databases: Databases, limits: TransactionLimits): Transactions {
  const open = new Map<string, Transaction>();
  const ended = new Map<string, string>();
  let lastId = Date.now() * 1000;

  function find(sessionId: string, database: string): Transaction {
    const transaction = open.get(sessionId);
    if (transaction?.database !== database || transaction.endedBecause) {
      throw abort(
        database,
        transaction?.endedBecause ?? ended.get(sessionId) ?? `transaction ${++lastId}: not found`,
      );
    }
    if (transaction.isBusy) throw abort(database, `transaction ${transaction.id}: in use: for query`);
    return transaction;
  }

  function forget(sessionId: string, reason: string): void {
    open.delete(sessionId);
    ended.set(sessionId, reason);
    const oldest = ended.keys().next().value;
    if (ended.size > ENDED_KEPT && oldest !== undefined) ended.delete(oldest);
  }

  /** Rolls back at once when idle; a busy one is killed in the server and its statement fails. */
  async function end(sessionId: string, transaction: Transaction, reason: string): Promise<void> {
    clearTimeout(transaction.timer);
    if (transaction.isBusy) {
      transaction.endedBecause = reason;
      if (transaction.connection) {
        await databases.administer(`KILL ${transaction.connection.threadId}`).catch(() => undefined);
      }
      return;
    }
    forget(sessionId, reason);
    await dispose(transaction, 'ROLLBACK');
  }

  async function pin(sessionId: string, transaction: Transaction): Promise<PoolConnection> {
    if (transaction.connection) return transaction.connection;
    const connection = await acquireWithin(databases, transaction.database, limits.poolWaitMs);
    transaction.connection = connection;
    transaction.timer = setTimeout(() => {
      const seconds = limits.transactionMs / 1000;
      void end(sessionId, transaction, describeEnd(transaction.id, `exceeded timeout: ${seconds}s`));
    }, limits.transactionMs);
    await runStatement(connection, transaction.beginSql, limits);
    return connection;
  }

  async function runPinned(sessionId: string, transaction: Transaction, sql: string): Promise<Outcome> {
    try {
      const connection = await pin(sessionId, transaction);
      const outcome = await runStatement(connection, sql, limits);
      if (outcome.excess && outcome.affected > 0) {
        transaction.endedBecause ??= describeEnd(transaction.id, 'row count exceeded');
      }
      return outcome;
    } catch (error) {
      const errno = isMysqlError(error) ? error.errno : undefined;
      // MySQL has rolled the whole transaction back; going on would commit the rest statement by statement.
      if (errno === DEADLOCK) transaction.endedBecause ??= describeEnd(transaction.id, 'deadlock');
      if (errno === LOST_CONNECTION) {
        transaction.connection?.destroy();
        delete transaction.connection;
        transaction.endedBecause ??= describeEnd(transaction.id, 'connection lost');
      }
      throw error;
    }
  }

  async function dispose(transaction: Transaction, sql: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const { connection } = transaction;
    if (!connection) return;
    delete transaction.connection;
    try {
      await runStatement(connection, sql, limits);
      connection.release();
    } catch (error) {
      connection.destroy();
      if (sql === 'COMMIT') throw error;
    }
  }

  async function begin(sessionId: string, database: string, sql: string): Promise<void> {
    if (open.has(sessionId)) await commit(sessionId, database);
    ended.delete(sessionId);
    open.set(sessionId, { id: String(++lastId), database, beginSql: sql, isBusy: false });
  }

  async function run(sessionId: string, database: string, sql: string): Promise<Outcome> {
    const transaction = find(sessionId, database);
    transaction.isBusy = true;
    try {
      return await runPinned(sessionId, transaction, sql);
    } finally {
      transaction.isBusy = false;
      if (transaction.endedBecause) await end(sessionId, transaction, transaction.endedBecause);
    }
  }

  async function commit(sessionId: string, database: string): Promise<void> {
    const transaction = find(sessionId, database);
    clearTimeout(transaction.timer);
    forget(sessionId, describeEnd(transaction.id, 'transaction committed'));
    await dispose(transaction, 'COMMIT');
  }

  async function rollback(sessionId: string, database: string): Promise<void> {
    const transaction = open.get(sessionId);
    if (transaction?.database !== database) return;
    if (transaction.isBusy) {
      transaction.endedBecause ??= describeEnd(transaction.id, 'transaction rolled back');
      throw abort(database, `transaction ${transaction.id}: in use: for query`);
    }
    await end(sessionId, transaction, describeEnd(transaction.id, 'transaction rolled back'));
  }

  async function failOver(database?: string): Promise<number> {
    const struck = [...open].filter(([, { database: own }]) => database === undefined || own === database);
    await Promise.all(
      struck.map(([sessionId, transaction]) =>
        end(sessionId, transaction, `transaction ${transaction.id}: not found`),
      ),
    );
    return struck.length;
  }

  return { begin, run, commit, rollback, failOver };
}

function abort(database: string, reason: string): GatewayError {
  return refusedByTablet(database, 'Aborted', reason);
}

function describeEnd(id: string, reason: string): string {
  const time = new Date().toISOString().replace('T', ' ').replace('Z', ' UTC');
  return `transaction ${id}: ended at ${time} (${reason})`;
}

async function acquireWithin(
  databases: Databases,
  database: string,
  waitMs: number,
): Promise<PoolConnection> {
  const acquired = databases.acquire(database, 'transactions');
  const waiting = new AbortController();
  const late = sleep(waitMs, undefined, { signal: waiting.signal }).then(
    () => 'late' as const,
    () => 'late' as const,
  );
  const first = await Promise.race([acquired, late]).finally(() => waiting.abort());
  if (first !== 'late') return first;
  acquired.then(
    (connection) => connection.release(),
    () => undefined,
  );
  throw refusedByTablet(database, 'ResourceExhausted', 'transaction pool connection limit exceeded');
}
