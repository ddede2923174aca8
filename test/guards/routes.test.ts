/**
 * Held against every route there is: the list comes from the routes themselves, so a new one is covered the moment it
 * is mounted, and one that is mounted without an auth mode fails.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createApp, endpoints } from '../../src/app.ts';
import type { EndpointSpec } from '../../src/platform/http/endpoint.ts';
import { servedPath } from '../../src/platform/http/mount.ts';
import { startTestApp, type RequestOptions, type TestApp } from '../harness/app.ts';
import { signUpPerson, type TestPerson } from '../harness/people.ts';

/** Pages for people and for machines that are no operations of the API. */
const PAGES = new Set(['/openapi.json', '/docs', '/docs/start.js', '/docs/errors', '/bot']);
const AUTH_MODES = ['public', 'session', 'company', 'staff', 'job'];

let app: TestApp;
let person: TestPerson;
let ended: TestPerson;

beforeAll(async () => {
  app = await startTestApp();
  person = await signUpPerson(app);
  ended = await signUpPerson(app);
  await app.request('DELETE', '/v1/sessions/current', { token: ended.token });
});

/** A path of the route with ids that nothing has, and the first of each closed list of words. */
function samplePath(spec: EndpointSpec): string {
  const { properties = {} } = (spec.params ? z.toJSONSchema(spec.params, { io: 'input' }) : {}) as {
    properties?: Record<string, { enum?: string[]; example?: string }>;
  };
  return servedPath(spec).replaceAll(
    /:(\w+)(\{[^}]*\})?/g,
    (_match, name: string) => properties[name]?.enum?.[0] ?? properties[name]?.example ?? '1',
  );
}

/** What gets past the entrance of a route, as far as this suite can. */
function credentials(spec: EndpointSpec): { token?: string } {
  return spec.auth === 'session' || spec.auth === 'company' ? { token: person.token } : {};
}

/** A body that gets as far as the input checks, where the route takes one that is not JSON. */
function rawBody(spec: EndpointSpec): Pick<RequestOptions, 'rawBody' | 'headers'> {
  const [type = ''] = spec.rawBody ?? [];
  return spec.rawBody
    ? { rawBody: '{}', headers: { 'content-type': type.replace('*/*', 'text/plain'), 'content-length': '2' } }
    : {};
}

const specs = endpoints.map(({ spec }) => spec);
const named = (list: EndpointSpec[]) => list.map((spec) => [spec.id, spec] as const);
const withSession = specs.filter(({ auth }) => auth === 'session' || auth === 'company');
const withJson = specs.filter(({ auth, body }) => body && auth !== 'staff' && auth !== 'job');

describe('every route', () => {
  it('is declared: nothing is mounted beside the declarations', () => {
    const mounted = createApp(() => ({ afterAnswer: () => undefined })).routes.filter(
      ({ method, path }) => method !== 'ALL' && !PAGES.has(path),
    );
    const declared = new Set(specs.map((spec) => `${spec.method.toUpperCase()} ${servedPath(spec)}`));
    expect(
      mounted.map(({ method, path }) => `${method} ${path}`).filter((route) => !declared.has(route)),
    ).toEqual([]);
    expect(mounted.length).toBeGreaterThan(0);
  });

  it('says who may call it, and has an id, a limit and a summary in both languages', () => {
    for (const spec of specs) {
      expect(AUTH_MODES, spec.id).toContain(spec.auth);
      expect(['read', 'write', 'none'], spec.id).toContain(spec.limit);
      expect(spec.summary.ko && spec.summary.en, spec.id).toBeTruthy();
    }
    expect(new Set(specs.map(({ id }) => id)).size).toBe(specs.length);
  });

  it.each(named(specs.filter(({ auth }) => auth !== 'public')))(
    '%s answers nobody without credentials',
    async (_id, spec) => {
      const answer = await app.request(spec.method.toUpperCase(), samplePath(spec), {
        ...(spec.body && { body: {} }),
      });
      expect([401, 404]).toContain(answer.status);
      if (spec.auth === 'session') expect(answer.body.code).toBe('unauthenticated');
    },
  );

  it.each(named(withSession))('%s refuses a session that has ended', async (_id, spec) => {
    const answer = await app.request(spec.method.toUpperCase(), samplePath(spec), {
      token: ended.token,
      ...(spec.body && { body: {} }),
    });
    expect(answer.body.code).toBe('unauthenticated');
  });

  it.each(named(specs.filter(({ params, auth }) => params && auth !== 'staff' && auth !== 'job')))(
    '%s answers a broken id with a clear 4xx',
    async (_id, spec) => {
      for (const broken of ['0', '-1', 'x', '99999999999999999999', '%00', '1%27--', '１']) {
        const path = servedPath(spec).replaceAll(/:(\w+)(\{[^}]*\})?/g, broken);
        const answer = await app.request(spec.method.toUpperCase(), path, {
          ...credentials(spec),
          ...(spec.body && { body: {} }),
        });
        expect(answer.status, `${broken} → ${JSON.stringify(answer.body)}`).toBeGreaterThanOrEqual(400);
        expect(answer.status, broken).toBeLessThan(500);
      }
    },
  );

  it.each(named(specs.filter(({ query, auth }) => query && auth !== 'staff' && auth !== 'job')))(
    '%s refuses query parameters it does not know, and broken cursors',
    async (_id, spec) => {
      const ask = (search: string) =>
        app.request(spec.method.toUpperCase(), `${samplePath(spec)}?${search}`, {
          ...credentials(spec),
          ...rawBody(spec),
        });
      const unknown = await ask('zz=1');
      expect(unknown.body.errors).toContainEqual(
        expect.objectContaining({ field: 'query.zz', code: 'unknown_field' }),
      );
      const cursors = ['x', '%00', btoa('[1]'), btoa('[1,"none","1"]'), btoa('{}'), 'A'.repeat(700)];
      for (const cursor of cursors) {
        const answer = await ask(`cursor=${cursor}`);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
      }
    },
  );
});

describe('every route with a JSON body', () => {
  it.each(named(withJson))('%s refuses a body that is too large', async (_id, spec) => {
    const answer = await app.request(spec.method.toUpperCase(), samplePath(spec), {
      ...credentials(spec),
      body: { padding: 'x'.repeat((spec.maxBodyBytes ?? 65_536) + 1) },
    });
    expect(answer.body.code).toBe('body_too_large');
  });

  it.each(named(withJson))('%s refuses a field it does not know', async (_id, spec) => {
    const answer = await app.request(spec.method.toUpperCase(), samplePath(spec), {
      ...credentials(spec),
      body: { zzUnknown: 1 },
    });
    expect(answer.body.code).toBe('invalid_input');
    expect(answer.body.errors).toContainEqual(
      expect.objectContaining({ field: 'body.zzUnknown', code: 'unknown_field' }),
    );
  });

  it.each(named(withJson))('%s refuses other types than an object, and broken JSON', async (_id, spec) => {
    const send = (rawBody: string) =>
      app.request(spec.method.toUpperCase(), samplePath(spec), {
        ...credentials(spec),
        rawBody,
        headers: { 'content-type': 'application/json' },
      });
    for (const raw of ['[]', '"text"', '1', 'null'])
      expect((await send(raw)).body.code, raw).toBe('invalid_input');
    for (const raw of ['{', '', '{"a":1,}', '\u0000'])
      expect((await send(raw)).body.code, raw).toBe('invalid_json');
  });

  it.each(named(withJson))('%s refuses another content type', async (_id, spec) => {
    const answer = await app.request(spec.method.toUpperCase(), samplePath(spec), {
      ...credentials(spec),
      rawBody: 'a=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.body.code).toBe('unsupported_media_type');
  });
});
