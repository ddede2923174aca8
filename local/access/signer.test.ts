import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  jwtVerify,
  type JSONWebKeySet,
} from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StandIn } from '../stand-in.ts';
import { startAccess, type TokenRequest } from './signer.ts';

const AUDIENCE = 'aud-of-the-staff-pages';

let folder: string;
let access: StandIn & { issuer: string };

function start() {
  return startAccess({ audience: AUDIENCE, keysPath: join(folder, 'access-keys.json') });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'access-'));
  access = await start();
});
afterEach(async () => {
  await access.close();
  await rm(folder, { recursive: true });
});

async function control<T>(name: string, body: object = {}): Promise<T> {
  const response = await fetch(`${access.url}/_control/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

async function sign(request: TokenRequest): Promise<string> {
  return (await control<{ token: string }>('sign', request)).token;
}

async function fetchKeys(): Promise<JSONWebKeySet> {
  return (await (await fetch(`${access.url}/cdn-cgi/access/certs`)).json()) as JSONWebKeySet;
}

async function verify(token: string, keys?: JSONWebKeySet) {
  const expected = { issuer: access.issuer, audience: AUDIENCE, algorithms: ['RS256'] };
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys ?? (await fetchKeys())), expected);
  return payload;
}

test('signs a token with the claims of Access, which the published keys verify', async () => {
  const token = await sign({ email: 'staff@loopus.kr' });
  const certs = new URL(`${access.url}/cdn-cgi/access/certs`);
  const { payload } = await jwtVerify(token, createRemoteJWKSet(certs), {
    issuer: access.url,
    audience: AUDIENCE,
  });
  expect(payload).toMatchObject({ email: 'staff@loopus.kr', aud: [AUDIENCE], type: 'app', country: 'KR' });
  expect(payload.sub).toMatch(/^[0-9a-f-]{36}$/);
  expect(payload['identity_nonce']).toEqual(expect.any(String));
  expect(payload.exp! - payload.iat!).toBe(86_400);
  expect(payload.nbf).toBe(payload.iat);
});

test('publishes keys in the shape of Access, and no private part', async () => {
  const { keys } = await fetchKeys();
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0]!).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  expect(keys[0]).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
});

test('the same person keeps the same subject, unless told', async () => {
  const [first, second, other, told] = await Promise.all([
    sign({ email: 'a@loopus.kr' }).then((token) => verify(token)),
    sign({ email: 'a@loopus.kr' }).then((token) => verify(token)),
    sign({ email: 'b@loopus.kr' }).then((token) => verify(token)),
    sign({ email: 'a@loopus.kr', sub: 'chosen' }).then((token) => verify(token)),
  ]);
  expect(first.sub).toBe(second.sub);
  expect(other.sub).not.toBe(first.sub);
  expect(told.sub).toBe('chosen');
});

test('signs tokens that must be refused: expired, for another audience, by another issuer', async () => {
  const email = 'staff@loopus.kr';
  await expect(verify(await sign({ email, expiresInSeconds: -1 }))).rejects.toMatchObject({
    code: 'ERR_JWT_EXPIRED',
  });
  await expect(verify(await sign({ email, audience: 'other' }))).rejects.toMatchObject({ claim: 'aud' });
  await expect(verify(await sign({ email, issuer: 'https://other.test' }))).rejects.toMatchObject({
    claim: 'iss',
  });
});

test('a rotated key is published until the next rotation', async () => {
  const old = await sign({ email: 'staff@loopus.kr' });
  const oldKeys = await fetchKeys();
  const { kid } = await control<{ kid: string }>('rotate');
  const fresh = await sign({ email: 'staff@loopus.kr' });
  expect(decodeProtectedHeader(fresh).kid).toBe(kid);
  expect((await fetchKeys()).keys.map((key) => key.kid)).toEqual([kid, oldKeys.keys[0]!.kid]);
  await verify(old);
  await verify(fresh);
  await expect(verify(fresh, oldKeys)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  await control('rotate');
  await expect(verify(old)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  await verify(fresh);
});

test('keys survive a restart, in a file for their owner only', async () => {
  await control('rotate');
  const before = await fetchKeys();
  await access.close();
  access = await start();
  expect(await fetchKeys()).toEqual(before);
  const path = join(folder, 'access-keys.json');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toContain('"d"');
});

test('a token needs an email', async () => {
  await expect(sign({} as TokenRequest)).rejects.toThrow('email');
});
