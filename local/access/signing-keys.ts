/** RSA keys of the local Access: the one that signs, and the one before it, which is still published. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { writePrivately } from '../state.ts';

export type PublicKey = { kid: string; kty: string; alg: string; use: string; e: string; n: string };

export type SigningKeys = {
  sign: { kid: string; key: CryptoKey };
  /** Newest first. */
  published: PublicKey[];
};

type StoredKey = JWK & { kid: string; e: string; n: string };

const ALGORITHM = 'RS256';

/** The keys kept at `path`; a first one is made and kept when there is none. Without a path they live in memory. */
export async function openSigningKeys(path: string | undefined): Promise<{
  current(): SigningKeys;
  /** A new key signs; the present one stays published until the next rotation. */
  rotate(): Promise<void>;
}> {
  let stored =
    path && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StoredKey[]) : [await makeKey()];
  let current = await load(stored);
  save();

  function save(): void {
    if (path) writePrivately(path, `${JSON.stringify(stored, undefined, 2)}\n`);
  }

  return {
    current: () => current,
    async rotate() {
      stored = [await makeKey(), ...stored].slice(0, 2);
      current = await load(stored);
      save();
    },
  };
}

async function makeKey(): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const { n, e } = jwk;
  if (!n || !e) throw new Error('an RSA key without modulus or exponent');
  return { ...jwk, n, e, kid: createHash('sha256').update(n).digest('hex') };
}

async function load(stored: StoredKey[]): Promise<SigningKeys> {
  const [newest] = stored;
  if (!newest) throw new Error('the key file holds no key');
  return {
    sign: { kid: newest.kid, key: (await importJWK(newest, ALGORITHM)) as CryptoKey },
    published: stored.map(({ kid, e, n }) => ({ kid, kty: 'RSA', alg: ALGORITHM, use: 'sig', e, n })),
  };
}
