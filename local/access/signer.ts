/**
 * Cloudflare Access on one machine: publishes keys and signs the tokens that production puts into the header
 * `Cf-Access-Jwt-Assertion` of a request from staff.
 *
 * - `GET /cdn-cgi/access/certs` the public keys
 * - `POST /_control/sign` a `TokenRequest` → `{ token }`
 * - `POST /_control/rotate` → `{ kid }`; the key before stays published until the next rotation
 */
import { createHash, randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { startStandIn, type StandIn } from '../stand-in.ts';
import { openSigningKeys, type SigningKeys } from './signing-keys.ts';

export type AccessOptions = {
  port?: number;
  /** The `iss` of tokens; in production the team's domain. Default: the address of this stand-in. */
  issuer?: string;
  /** The `aud` of tokens: the application's audience tag. */
  audience: string;
  /** A file that keeps the private keys over a restart, readable by its owner only. */
  keysPath?: string;
};

export type TokenRequest = {
  email: string;
  /** Default: a UUID made from the e-mail address, always the same. */
  sub?: string;
  audience?: string;
  issuer?: string;
  /** Below 0 for a token that has expired. Default one day. */
  expiresInSeconds?: number;
};

const DAY_SECONDS = 86_400;

/** Starts it on 127.0.0.1. Rejects with EADDRINUSE when the port is taken. */
export async function startAccess(options: AccessOptions): Promise<StandIn & { issuer: string }> {
  const keys = await openSigningKeys(options.keysPath);
  const standIn = await startStandIn({
    port: options.port ?? 0,
    async handle({ method, url }) {
      const isCerts = method === 'GET' && url.pathname === '/cdn-cgi/access/certs';
      return isCerts
        ? { status: 200, body: { keys: keys.current().published } }
        : { status: 404, body: { error: 'not found' } };
    },
    control: {
      async sign(body) {
        const { email, sub = subjectOf(email), ...request } = checkRequest(body);
        return {
          token: await signToken(
            keys.current(),
            { ...request, email, sub },
            { audience: options.audience, issuer },
          ),
        };
      },
      async rotate() {
        await keys.rotate();
        return { kid: keys.current().sign.kid };
      },
    },
  });
  const issuer = options.issuer ?? standIn.url;

  return { ...standIn, issuer };
}

function subjectOf(email: string): string {
  const hex = createHash('sha256').update(email.toLowerCase()).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function checkRequest(body: unknown): TokenRequest {
  const request = (body ?? {}) as TokenRequest;
  if (typeof request.email !== 'string' || request.email === '') throw new Error('a token needs an email');
  return request;
}

function signToken(
  { sign }: SigningKeys,
  request: TokenRequest & { sub: string },
  application: { audience: string; issuer: string },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const expiresAt = now + (request.expiresInSeconds ?? DAY_SECONDS);
  const issuedAt = Math.min(now, expiresAt - 1);
  return new SignJWT({
    email: request.email,
    type: 'app',
    identity_nonce: randomBytes(12).toString('base64url'),
    country: 'KR',
  })
    .setProtectedHeader({ alg: 'RS256', kid: sign.kid, typ: 'JWT' })
    .setAudience([request.audience ?? application.audience])
    .setIssuer(request.issuer ?? application.issuer)
    .setSubject(request.sub)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(sign.key);
}
