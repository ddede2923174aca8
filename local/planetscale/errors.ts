/** Errors as PlanetScale's HTTP interface words them: HTTP 200 with `{ code, message }`, the errno inside the message. */
import { replaceLiterals } from './shape.ts';

export type WireError = { code: string; message: string };

/** An error that already has the words the client will see. */
export class GatewayError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What mysql2 tells of an error packet of the server. */
export type MysqlError = Error & { errno: number; sqlState: string; sqlMessage: string };

export function isMysqlError(error: unknown): error is MysqlError {
  return error instanceof Error && 'errno' in error && 'sqlState' in error && error.sqlState !== undefined;
}

export const LOST_CONNECTION = 2013;

/** MySQL's client library has this error for a connection that broke under a statement; mysql2 has several others. */
export function buildLostConnection(cause: Error): MysqlError {
  const text = 'Lost connection to MySQL server during query';
  return Object.assign(new Error(text, { cause }), {
    errno: LOST_CONNECTION,
    sqlState: 'HY000',
    sqlMessage: text,
  });
}

/** Refused while the statement is read, as Vitess refuses what its parser or planner does not know. */
export function unsupported(what: string): GatewayError {
  return new GatewayError('UNIMPLEMENTED', `VT12001: unsupported: ${what} (errno 1235) (sqlstate 42000)`);
}

/** Refused by the tablet on its own account, not by MySQL. */
export function refusedByTablet(
  database: string,
  code: 'Aborted' | 'ResourceExhausted' | 'Unavailable',
  reason: string,
): GatewayError {
  const wireCode = {
    Aborted: 'ABORTED',
    ResourceExhausted: 'RESOURCE_EXHAUSTED',
    Unavailable: 'UNAVAILABLE',
  }[code];
  return new GatewayError(
    wireCode,
    `target: ${database}.-.primary: vttablet: rpc error: code = ${code} desc = ${reason} (CallerID: ${database})`,
  );
}

/**
 * Vitess's grouping of MySQL's error numbers (its function convertErrorCode), for the numbers an application meets.
 * It shows inside the message only; the `code` beside it is as vague as production's.
 */
const RPC_CODES: ReadonlyArray<[string, readonly number[]]> = [
  ['AlreadyExists', [1050, 1062, 1086, 1125]],
  ['NotFound', [1029, 1032, 1054, 1094, 1109, 1122, 1141, 1146, 1147, 1176]],
  ['PermissionDenied', [1044, 1045, 1095, 1211, 1227]],
  [
    'FailedPrecondition',
    [1046, 1082, 1091, 1104, 1162, 1169, 1173, 1207, 1215, 1216, 1217, 1241, 1242, 1288, 1451, 1452],
  ],
  ['Aborted', [1078, 1080, 1152, 1213]],
  ['DeadlineExceeded', [1205]],
  ['ResourceExhausted', [1021, 1037, 1038, 1040, 1153, 1203, 1206]],
  ['Unavailable', [1053, 2006, 2013]],
  ['Unimplemented', [1235]],
  [
    'InvalidArgument',
    [
      1047, 1048, 1049, 1051, 1052, 1056, 1060, 1061, 1063, 1064, 1065, 1066, 1067, 1110, 1136, 1292, 1364,
      1366, 1406,
    ],
  ],
];

function findRpcCode(errno: number): string {
  return RPC_CODES.find(([, numbers]) => numbers.includes(errno))?.[0] ?? 'Unknown';
}

/** An error of MySQL in production's words, the statement with its values included (so logs must not repeat it). */
export function wrapMysqlError(database: string, sql: string, error: MysqlError): WireError {
  const rpcCode = findRpcCode(error.errno);
  const values: string[] = [];
  const text = replaceLiterals(sql, (literal) => {
    values.push(`vtg${values.length + 1}: ${JSON.stringify(`value:${literal.slice(0, 256)}`)}`);
    return `:vtg${values.length}`;
  });
  return {
    // Production has been seen to answer UNKNOWN for a duplicate key and NOT_FOUND for a missing table.
    code: rpcCode === 'NotFound' ? 'NOT_FOUND' : 'UNKNOWN',
    message:
      `target: ${database}.-.primary: vttablet: rpc error: code = ${rpcCode} desc = ${error.sqlMessage} ` +
      `(errno ${error.errno}) (sqlstate ${error.sqlState}) (CallerID: ${database}): ` +
      `Sql: ${JSON.stringify(text.slice(0, 2048))}, BindVars: {${values.slice(0, 64).join(' ')}}`,
  };
}
