/** One statement on one connection, within production's limits on what a statement may return. */
import type { FieldPacket, PoolConnection, ResultSetHeader } from 'mysql2';
import { buildLostConnection, isMysqlError } from './errors.ts';
import { encodeHeader, encodeResult, type WireRow } from './encode-result.ts';

export type StatementLimits = { rows: number; bytes: number };

export type Outcome = {
  /** The `result` of the answer, already JSON. */
  json: string;
  /** Rows written (or matched). */
  affected: number;
  /** Why production would have refused the result. */
  excess?: 'rows' | 'bytes';
};

/** Rejects with MySQL's error, number 2013 when the connection broke. */
export function runStatement(
  connection: PoolConnection,
  sql: string,
  limits: StatementLimits,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    // With a callback mysql2 also reports a broken connection; its events do not.
    connection.query({ sql, rowsAsArray: true, typeCast: false }, (error, found, fields) => {
      if (error) reject(isMysqlError(error) ? error : buildLostConnection(error));
      else if (Array.isArray(found)) resolve(describeRows(found as unknown as WireRow[], fields, limits));
      else resolve(describeChange(found as ResultSetHeader, limits));
    });
  });
}

function describeRows(
  rows: readonly WireRow[],
  fields: readonly FieldPacket[],
  limits: StatementLimits,
): Outcome {
  if (rows.length > limits.rows) return { json: '{}', affected: 0, excess: 'rows' };
  const json = encodeResult(fields, rows, limits.bytes);
  return json === undefined ? { json: '{}', affected: 0, excess: 'bytes' } : { json, affected: 0 };
}

function describeChange(header: ResultSetHeader, limits: StatementLimits): Outcome {
  const affected = Number(header.affectedRows);
  return { json: encodeHeader(header), affected, ...(affected > limits.rows && { excess: 'rows' }) };
}
