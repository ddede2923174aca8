import { Buffer } from 'node:buffer';
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt's cost: memory is 128·N·r bytes, time grows with N·r·p. */
export type ScryptCost = { n: number; r: number; p: number };

const KEY_BYTES = 32;

/** Hashes a password (NFC) as `scrypt$N$r$p$salt$key`, base64url, so that the cost can grow without breaking old hashes. */
export async function hashPassword(password: string, cost: ScryptCost): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.n, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether the password is the hashed one. A malformed hash is never right, and takes as long. */
export async function isPasswordRight(password: string, stored: string): Promise<boolean> {
  const [scheme, n, r, p, salt, key] = stored.split('$');
  const isKnown = scheme === 'scrypt' && salt !== undefined && key !== undefined;
  if (!isKnown) return false;
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), {
    n: Number(n),
    r: Number(r),
    p: Number(p),
  });
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** Whether a hash was made at another cost than today's, and should be made anew at the next log-in. */
export function isRehashDue(stored: string, cost: ScryptCost): boolean {
  return !stored.startsWith(`scrypt$${cost.n}$${cost.r}$${cost.p}$`);
}

function derive(password: string, salt: Buffer, { n, r, p }: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: n, r, p, maxmem: 64 * 1024 * 1024 };
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
