import { Buffer } from 'node:buffer';
import { cast, type Field } from '@planetscale/database';

const TEXT_TYPES = new Set(['VARCHAR', 'CHAR', 'TEXT']);
/** MySQL's number of the character set of what is not text. */
const BINARY = 63;

/**
 * Reads a value as the driver's own `cast` does, but text and JSON by a shorter way: it makes three arrays of each,
 * one entry a byte, which was a third of the processor time of a page of posts. `value` holds one byte a character.
 */
export function castValue(field: Field, value: string | null): unknown {
  if (value === null) return null;
  if (field.type === 'JSON') return JSON.parse(decodeUtf8(value));
  if (TEXT_TYPES.has(field.type) && field.charset !== BINARY) return decodeUtf8(value);
  return cast(field, value);
}

function decodeUtf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
