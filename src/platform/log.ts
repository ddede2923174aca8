/** One structured line. Ids and codes only: no address, token, code, name or text of a person ever goes in here. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

export type Log = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

/** Writes JSON lines to the console, where Workers Logs picks them up. */
export function createLog(base: LogFields = {}): Log {
  function line(level: 'info' | 'warn' | 'error', message: string, fields: LogFields = {}): void {
    console[level](JSON.stringify({ level, message, ...base, ...fields }));
  }
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
  };
}

/**
 * What may be logged of an error: its name and, for errors of our own code, the stack's frames. Messages are left
 * out because the database's carry the SQL with its parameters.
 */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((text) => text.trimStart().startsWith('at '));
  const cause = error.cause instanceof Error ? error.cause.name : undefined;
  const errno = /\(errno (\d+)\)/.exec(
    `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`,
  );
  return { error: error.name, cause, errno: errno?.[1], at: frames.slice(0, 4).join(' | ') };
}
