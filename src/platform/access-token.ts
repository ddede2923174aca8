import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import type { Deps } from './context.ts';
import { AppError } from './errors.ts';
import { describeError } from './log.ts';

export type AccessApplication = {
  /** The team's domain, `https://<team>.cloudflareaccess.com`. */
  issuer: string;
  /** The application's audience tag. */
  audience: string;
};

/** Keys are read again after this long, and for a key id that is not among them; but never more often than that. */
const MAX_AGE_MS = 3600_000;
const REFETCH_EVERY_MS = 30_000;
const FETCH_TIMEOUT_MS = 5_000;
/** Two of Cloudflare's machines may differ by so much. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** What this isolate knows of the keys of one issuer. */
type Keys = { find: ReturnType<typeof createLocalJWKSet> | undefined; readAt: number; triedAt: number };

/**
 * Whom Cloudflare Access has let in: the e-mail address in its token, lower case. Checks signature (RS256), issuer,
 * audience and times, as https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/
 * tells. Throws `unauthenticated`, or `unavailable` while no keys can be had.
 */
export async function verifyAccessToken(
  deps: Deps,
  token: string,
  application: AccessApplication,
): Promise<string> {
  const payload = await verify(deps, token, application);
  const { email } = payload;
  if (typeof email !== 'string' || !email.includes('@')) throw new AppError('unauthenticated');
  return email.toLowerCase();
}

async function verify(deps: Deps, token: string, application: AccessApplication): Promise<JWTPayload> {
  const keys = await currentKeys(deps, application.issuer);
  try {
    return await check(token, keys, application);
  } catch (error) {
    const isKeyUnknown = error instanceof errors.JWKSNoMatchingKey;
    if (isKeyUnknown && (await readKeys(deps, application.issuer, keys))) {
      return await check(token, keys, application).catch(refuse(deps));
    }
    return refuse(deps)(error);
  }
}

async function check(
  token: string,
  keys: Keys,
  { issuer, audience }: AccessApplication,
): Promise<JWTPayload> {
  if (!keys.find) throw new AppError('unavailable', { retryAfter: REFETCH_EVERY_MS / 1000 });
  const { payload } = await jwtVerify(token, keys.find, {
    issuer,
    audience,
    algorithms: ['RS256'],
    requiredClaims: ['exp', 'iat', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  });
  return payload;
}

function refuse(deps: Deps): (error: unknown) => never {
  return (error) => {
    if (error instanceof AppError) throw error;
    deps.log.warn('staff token refused', describeError(error));
    throw new AppError('unauthenticated');
  };
}

async function currentKeys(deps: Deps, issuer: string): Promise<Keys> {
  const place = `access keys ${issuer}`;
  const keys = (deps.memory.get(place) as Keys | undefined) ?? {
    find: undefined,
    readAt: -Infinity,
    triedAt: -Infinity,
  };
  deps.memory.set(place, keys);
  if (deps.clock.now().getTime() - keys.readAt >= MAX_AGE_MS) await readKeys(deps, issuer, keys);
  return keys;
}

/** Reads the keys anew unless that was tried a moment ago. Those at hand stay when the issuer does not answer. */
async function readKeys(deps: Deps, issuer: string, keys: Keys): Promise<boolean> {
  const now = deps.clock.now().getTime();
  if (now - keys.triedAt < REFETCH_EVERY_MS) return false;
  keys.triedAt = now;
  try {
    const fetchKeys = deps.outbound.fetchAs('web', FETCH_TIMEOUT_MS);
    const response = await fetchKeys(`${issuer}/cdn-cgi/access/certs`);
    if (!response.ok) throw new Error(`answered ${response.status}`);
    keys.find = createLocalJWKSet((await response.json()) as JSONWebKeySet);
    keys.readAt = now;
    return true;
  } catch (error) {
    deps.log.error('staff keys not read', describeError(error));
    return false;
  }
}
