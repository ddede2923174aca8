/** What every answer has, whatever the route. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson } from '../../../test/harness/people.ts';
import { callerNetwork } from './mount.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

describe('an error', () => {
  it('is RFC 9457 problem details with code, request id and stable type, in Korean unless English is preferred', async () => {
    const korean = await app.request('GET', '/v1/account');
    expect(korean.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(korean.body).toEqual({
      type: 'http://127.0.0.1:8787/docs/errors#unauthenticated',
      title: '로그인이 필요합니다.',
      status: 401,
      code: 'unauthenticated',
      requestId: korean.headers.get('x-request-id'),
      isRetryable: false,
    });
    const languages: [string, string][] = [
      ['en', 'Please log in.'],
      ['en-GB,ko;q=0.5', 'Please log in.'],
      ['fr, en;q=0.3', 'Please log in.'],
      ['ko, en;q=0.9', '로그인이 필요합니다.'],
      ['en;q=0', '로그인이 필요합니다.'],
      ['fr', '로그인이 필요합니다.'],
    ];
    for (const [language, title] of languages) {
      const answer = await app.request('GET', '/v1/account', { headers: { 'accept-language': language } });
      expect(answer.body.title, language).toBe(title);
    }
  });

  it('names every field at fault at once', async () => {
    const answer = await app.request('POST', '/v1/sessions', { body: { email: 'x', password: 7, extra: 1 } });
    expect(
      answer.body.errors
        .map(({ field, code }: { field: string; code: string }) => `${field} ${code}`)
        .toSorted(),
    ).toEqual(['body.email not_an_email', 'body.extra unknown_field', 'body.password wrong_type']);
  });

  it('of ours shows nothing of the inside', async () => {
    const { token } = await signUpPerson(app);
    await app.request('GET', '/v1/account', { token });
    await app.fault('planetscale', { mode: 'error' });
    const answer = await app.request('GET', '/v1/account', { token });
    await app.fault('planetscale', undefined);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(Object.keys(answer.body).toSorted()).toEqual([
      'code',
      'isRetryable',
      'requestId',
      'status',
      'title',
      'type',
    ]);
    expect(app.logs.some((line) => line.includes('"code":"unavailable"'))).toBe(true);
  });
});

describe('a path', () => {
  it('that nothing serves is 404; one served under other methods is 405 with Allow', async () => {
    expect((await app.request('GET', '/v1/nothing')).body.code).toBe('not_found');
    const wrong = await app.request('PATCH', '/v1/sessions');
    expect(wrong.body.code).toBe('method_not_allowed');
    expect(wrong.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'POST']);
  });
});

describe('an app', () => {
  it('older than the least supported version is told to update; others are let in', async () => {
    const ask = (version: string) =>
      app.request('GET', '/v1/fields', { headers: { 'x-app-version': version } });
    for (const old of ['1.1.9', '0.99.99', '1.1.99-beta']) {
      expect((await ask(old)).status, old).toBe(426);
    }
    for (const fine of ['1.2.0', '1.10.0', '2.0.0', 'web']) expect((await ask(fine)).status, fine).toBe(200);
  });

  it('in a browser is let in from configured origins only', async () => {
    const preflight = (origin: string) =>
      app.request('OPTIONS', '/v1/sessions', {
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight('https://app.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('an answer', () => {
  it('is not kept by caches, not sniffed, not framed', async () => {
    const { headers } = await app.request('GET', '/v1/fields');
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('strict-transport-security')).toContain('max-age');
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });

  it('leaves one line in the log with its route, cost and no path, query or address', async () => {
    const before = app.logs.length;
    await app.request('GET', '/v1/schools?q=secret-query', { network: '203.0.113.99' });
    const lines = app.logs.slice(before).filter((line) => line.includes('"message":"request"'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      route: '/schools',
      operation: 'searchSchools',
      status: 200,
    });
    expect(lines[0]).not.toMatch(/secret-query|203\.0\.113/);
  });
});

describe('the limits', () => {
  it('answer 429 with Retry-After, by address without a session and by person with one', async () => {
    const keys: string[] = [];
    const full = {
      limit: async ({ key }: { key: string }) => {
        keys.push(key);
        return { success: false };
      },
    };
    const { token, userId } = await signUpPerson(app);
    const kept = { ip: app.env['LIMIT_IP'], read: app.env['LIMIT_READ'] };
    Object.assign(app.env, { LIMIT_IP: full, LIMIT_READ: full });
    app.forgetEnv();
    const anonymous = await app.request('GET', '/v1/fields', { network: '2001:db8::1' });
    const person = await app.request('GET', '/v1/account', { token });
    Object.assign(app.env, { LIMIT_IP: kept.ip, LIMIT_READ: kept.read });
    app.forgetEnv();
    expect([anonymous.status, person.status]).toEqual([429, 429]);
    expect(anonymous.headers.get('retry-after')).toBe('60');
    expect(keys).toEqual(['2001:db8:0:0', userId]);
  });

  it('count an IPv6 household as one', () => {
    expect(callerNetwork('2001:DB8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
    expect(callerNetwork('2001:db8::1')).toBe('2001:db8:0:0');
    expect(callerNetwork('::1')).toBe('0:0:0:0');
    expect(callerNetwork('192.0.2.1')).toBe('192.0.2.1');
    expect(callerNetwork(undefined)).toBe('unknown');
  });
});
