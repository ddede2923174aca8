import { sha256 } from './crypto.ts';

/**
 * SHA-256 of an input as it came out of its schema, base64url (43 characters), whatever the order of its keys: told
 * again under the same `Idempotency-Key`, the same input has the same hash.
 */
export function hashInput(input: object): Promise<string> {
  return sha256(JSON.stringify(input, sortKeys));
}

function sortKeys(_key: string, value: unknown): unknown {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}
