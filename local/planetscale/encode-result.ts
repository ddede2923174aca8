/** Results of MySQL's text protocol as PlanetScale's JSON: proto3 rules, so zero and empty fields are left out. */
import type { FieldPacket, ResultSetHeader } from 'mysql2';

/** Column values as they come off the wire, NULL as null. */
export type WireRow = ReadonlyArray<Buffer | null>;

const UNSIGNED = 32;
const BINARY = 128;
const ENUM = 256;
const SET = 2048;
/** Set by MySQL's client library, not by its server: production's answers carry it on numbers. */
const NUMERIC = 32_768;

/** MySQL's column type numbers that have one name whatever their flags. */
const PLAIN_NAMES: Readonly<Record<number, string>> = {
  0: 'DECIMAL',
  4: 'FLOAT32',
  5: 'FLOAT64',
  7: 'TIMESTAMP',
  10: 'DATE',
  11: 'TIME',
  12: 'DATETIME',
  13: 'YEAR',
  16: 'BIT',
  242: 'VECTOR',
  245: 'JSON',
  246: 'DECIMAL',
  255: 'GEOMETRY',
};
const INTEGER_NAMES: Readonly<Record<number, string>> = {
  1: 'INT8',
  2: 'INT16',
  3: 'INT32',
  8: 'INT64',
  9: 'INT24',
};
const NULL_TYPE = 6;
const NUMERIC_TYPES = new Set([0, 1, 2, 3, 4, 5, 6, 8, 9, 13, 246]);

/** Vitess's name of a column's type; undefined for a bare NULL, which has none. Text that is `_bin` counts as binary. */
export function nameType(columnType: number, flags: number): string | undefined {
  const integer = INTEGER_NAMES[columnType];
  if (integer) return flags & UNSIGNED ? `U${integer}` : integer;
  const isBinary = (flags & BINARY) !== 0;
  if (columnType >= 249 && columnType <= 252) return isBinary ? 'BLOB' : 'TEXT';
  if (columnType === 15 || columnType === 253) return isBinary ? 'VARBINARY' : 'VARCHAR';
  if (columnType === 254) {
    if (flags & ENUM) return 'ENUM';
    if (flags & SET) return 'SET';
    return isBinary ? 'BINARY' : 'CHAR';
  }
  if (columnType === NULL_TYPE) return undefined;
  return PLAIN_NAMES[columnType];
}

function encodeField(field: FieldPacket): string {
  const columnType = field.columnType ?? NULL_TYPE;
  const wireFlags = typeof field.flags === 'number' ? field.flags : 0;
  const flags = NUMERIC_TYPES.has(columnType) ? wireFlags | NUMERIC : wireFlags;
  return JSON.stringify({
    name: field.name || undefined,
    type: nameType(columnType, flags),
    table: field.table || undefined,
    orgTable: field.orgTable || undefined,
    database: field.schema || undefined,
    orgName: field.orgName || undefined,
    columnLength: field.columnLength || undefined,
    charset: field.characterSet || undefined,
    decimals: field.decimals || undefined,
    flags: flags || undefined,
  });
}

/**
 * Fields and rows; a row is its columns' lengths as text and their bytes, one after the other, in base64. Undefined
 * when the values are longer than `maxBytes` together.
 */
export function encodeResult(
  fields: readonly FieldPacket[],
  rows: readonly WireRow[],
  maxBytes: number,
): string | undefined {
  let json = `{"fields":[${fields.map(encodeField).join(',')}]`;
  let room = maxBytes;
  let separator = ',"rows":[';
  for (const row of rows) {
    let lengths = '';
    let total = 0;
    for (const value of row) {
      lengths += lengths === '' ? '"' : ',"';
      lengths += value ? value.length : -1;
      lengths += '"';
      total += value?.length ?? 0;
    }
    room -= total;
    if (room < 0) return undefined;
    json += `${separator}{"lengths":[${lengths}]`;
    json += total > 0 ? `,"values":"${encodeValues(row, total)}"}` : '}';
    separator = ',';
  }
  return rows.length > 0 ? `${json}]}` : `${json}}`;
}

function encodeValues(row: WireRow, total: number): string {
  const bytes = Buffer.allocUnsafe(total);
  let offset = 0;
  for (const value of row) {
    if (value) offset += value.copy(bytes, offset);
  }
  return bytes.toString('base64');
}

/** The answer to a statement without rows. mysql2 reads the 64-bit id as signed. */
export function encodeHeader(header: ResultSetHeader): string {
  const insertId = BigInt.asUintN(64, BigInt(header.insertId));
  return JSON.stringify({
    rowsAffected: header.affectedRows ? String(header.affectedRows) : undefined,
    insertId: insertId ? String(insertId) : undefined,
  });
}
