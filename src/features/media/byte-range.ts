/** A part of an object: first byte and how many. */
export type ByteRange = { offset: number; length: number };

/**
 * The one range that a `Range` header asks for (RFC 9110 §14): undefined when there is none, when it is not understood
 * or when it asks for several, which may be answered with the whole; `unsatisfiable` when it begins behind the end.
 */
export function parseRange(header: string | null, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length > 0 ? { offset: size - length, length } : 'unsatisfiable';
  }
  const offset = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < offset) return undefined;
  return offset < size ? { offset, length: end - offset + 1 } : 'unsatisfiable';
}
