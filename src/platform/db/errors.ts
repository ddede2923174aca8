/**
 * Database errors, recognised in this one place by MySQL's errno: PlanetScale's own `code` is not reliable and
 * drizzle wraps the driver's error in its own.
 */
const ERRNO = /\(errno (\d+)\)/;

export type DatabaseFailure =
  /** `key` is `table.key`, such as `users.PRIMARY`. */
  | { kind: 'duplicate'; key: string }
  /** Lost a race or a connection before anything was decided: the whole transaction may be tried again. */
  | { kind: 'retryable' }
  /** The database did not answer, not in its own words, or only to say that no server stands behind it. */
  | { kind: 'unavailable' }
  | { kind: 'other'; errno: number | undefined };

/** What an error thrown by a query or a transaction means; undefined when it did not come from the database. */
export function classifyDatabaseError(error: unknown): DatabaseFailure | undefined {
  const cause = databaseCause(error);
  if (!cause) return undefined;
  const { message } = cause;
  const errno = Number(ERRNO.exec(message)?.[1] ?? Number.NaN);
  if (errno === 1062) return { kind: 'duplicate', key: /for key '([^']+)'/.exec(message)?.[1] ?? '' };
  if (errno === 1213 || errno === 1205) return { kind: 'retryable' };
  if (
    /code = (Aborted|ResourceExhausted)\b/.test(message) &&
    !/exceeded timeout|Row count exceeded/.test(message)
  ) {
    return { kind: 'retryable' };
  }
  const isDown = /code = Unavailable\b/.test(message) || (Number.isNaN(errno) && !/code = /.test(message));
  if (isDown) return { kind: 'unavailable' };
  return { kind: 'other', errno: Number.isNaN(errno) ? undefined : errno };
}

/** True when the error is the breaking of this unique key, `table.key` as MySQL names it. */
export function isDuplicateKey(error: unknown, key: string): boolean {
  const failure = classifyDatabaseError(error);
  return failure?.kind === 'duplicate' && failure.key === key;
}

/** Marks an error of the transport itself, so that it is told from errors of our own code. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';
}

function databaseCause(error: unknown): Error | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current.name === 'DatabaseError' || current.name === 'UnknownError') return current;
    if (current instanceof DatabaseUnavailable) return current;
  }
  return undefined;
}
