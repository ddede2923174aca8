import { fromBase64Url, toBase64Url } from '../crypto.ts';
import { AppError } from '../errors.ts';

const VERSION = 1;

/**
 * An opaque place in a list: the list's name, the sort key and the id of the last row seen. A cursor of another list
 * or a broken one is a 400.
 */
export type CursorKey = (string | number)[];

export function encodeCursor(list: string, key: CursorKey): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify([VERSION, list, ...key])));
}

const ID = /^[0-9]{1,19}$/;

/** The key of a cursor made for the same list; undefined when there is none. `kinds` says what each part must be. */
export function decodeCursor<K extends ('id' | 'number' | 'text')[]>(
  list: string,
  cursor: string | undefined,
  kinds: readonly [...K],
): { [I in keyof K]: K[I] extends 'number' ? number : string } | undefined {
  if (cursor === undefined) return undefined;
  const key = parse(cursor);
  const [version, name, ...parts] = key;
  const fits =
    version === VERSION &&
    name === list &&
    parts.length === kinds.length &&
    kinds.every((kind, index) => isKind(kind, parts[index]));
  if (!fits) throw new AppError('invalid_cursor');
  return parts as { [I in keyof K]: K[I] extends 'number' ? number : string };
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64Url(cursor)),
    );
    return Array.isArray(value) ? value : [];
  } catch {
    throw new AppError('invalid_cursor');
  }
}

function isKind(kind: 'id' | 'number' | 'text', value: unknown): boolean {
  if (kind === 'number') return typeof value === 'number' && Number.isSafeInteger(value);
  if (kind === 'id') return typeof value === 'string' && ID.test(value) && BigInt(value) < 2n ** 63n;
  return typeof value === 'string' && value.length <= 200;
}

/** Cuts `limit + 1` rows to a page: the cursor stands only when there is more. */
export function toPage<R>(
  rows: R[],
  limit: number,
  list: string,
  keyOf: (row: R) => CursorKey,
): { items: R[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(list, keyOf(last)) : null };
}
