/**
 * The `Upstash-Signature` of a delivery: a JWT by HS256 whose key is the signing key's own characters.
 * Its times are the machine's, however far the stand-in's clock was moved, because the receiver checks against its own.
 */
import { createHash, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

const LIFETIME_SECONDS = 300;

export type Signature = {
  signingKey: string;
  /** The destination exactly as it was published. */
  url: string;
  body: Uint8Array;
  /** Milliseconds; the present unless a test wants a signature of another time. */
  now?: number;
};

export function signDelivery({ signingKey, url, body, now = Date.now() }: Signature): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const hash = createHash('sha256').update(body).digest('base64url');
  return new SignJWT({ body: `${hash}=` })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('Upstash')
    .setSubject(url)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_SECONDS)
    .setJti(`jwt_${randomUUID()}`)
    .sign(new TextEncoder().encode(signingKey));
}
