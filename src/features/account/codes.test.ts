import { beforeAll, describe, expect, it } from 'vitest';
import { askForCode, proveAddress, signUp, signUpBody } from '../../../test/harness/account.ts';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

function confirm(email: string, verificationId: string, code: string, purpose = 'sign_up') {
  return app.request('POST', '/v1/verifications/confirm', { body: { purpose, email, verificationId, code } });
}

function other(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

describe('a verification code', () => {
  it('is dead after five wrong tries, even for the right code', async () => {
    const email = 'five@snu.ac.kr';
    const { verificationId, code } = await askForCode(app, email);
    for (let count = 0; count < 5; count += 1) {
      expect((await confirm(email, verificationId, other(code))).body.code).toBe('code_wrong');
    }
    expect((await confirm(email, verificationId, code)).body.code).toBe('code_expired');
  });

  it('stands five parallel tries no better', async () => {
    const email = 'parallel@snu.ac.kr';
    const { verificationId, code } = await askForCode(app, email);
    const tries = await Promise.all(
      Array.from({ length: 20 }, () => confirm(email, verificationId, other(code))),
    );
    expect(tries.filter(({ body }) => body.code === 'code_wrong')).toHaveLength(5);
    expect(tries.filter(({ body }) => body.code === 'code_expired')).toHaveLength(15);
  });

  it('is not hurt by the wrong tries of a stranger who asked for one too', async () => {
    const email = 'mine@snu.ac.kr';
    const mine = await askForCode(app, email);
    app.clock.advance(31_000);
    const strangers = await app.request('POST', '/v1/verifications', {
      body: { purpose: 'sign_up', email },
      network: '198.51.100.9',
    });
    for (let count = 0; count < 6; count += 1) {
      await confirm(email, strangers.body.verificationId, other(mine.code));
    }
    expect((await confirm(email, mine.verificationId, mine.code)).status).toBe(200);
  });

  it('counts only with its own id, address and purpose', async () => {
    const email = 'bound@snu.ac.kr';
    const { verificationId, code } = await askForCode(app, email);
    const foreign = await askForCode(app, 'bound.other@snu.ac.kr');
    expect((await confirm(email, foreign.verificationId, code)).body.code).toBe('code_expired');
    expect((await confirm('bound.other@snu.ac.kr', verificationId, code)).body.code).toBe('code_expired');
    expect((await confirm(email, verificationId, code, 'reset_password')).body.code).toBe('code_expired');
    expect((await confirm(email, verificationId, code)).status).toBe(200);
  });

  it('lives 180 seconds', async () => {
    const email = 'late@snu.ac.kr';
    const first = await askForCode(app, email);
    app.clock.advance(179_000);
    expect((await confirm(email, first.verificationId, first.code)).status).toBe(200);
    const second = await askForCode(app, email);
    app.clock.advance(180_000);
    expect((await confirm(email, second.verificationId, second.code)).body.code).toBe('code_expired');
  });

  it('is used once', async () => {
    const email = 'once@snu.ac.kr';
    const { verificationId, code } = await askForCode(app, email);
    const both = await Promise.all([
      confirm(email, verificationId, code),
      confirm(email, verificationId, code),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 410]);
  });
});

describe('asking for a code', () => {
  it('is held to one in 30 seconds and ten a day an address, whoever asks', async () => {
    const email = 'often@snu.ac.kr';
    const ask = (network: string) =>
      app.request('POST', '/v1/verifications', { body: { purpose: 'sign_up', email }, network });
    expect((await ask('192.0.2.1')).status).toBe(202);
    const tooSoon = await ask('192.0.2.2');
    expect(tooSoon.body.code).toBe('code_requested_too_often');
    expect(Number(tooSoon.headers.get('retry-after'))).toBe(30);
    for (let count = 2; count <= 10; count += 1) {
      app.clock.advance(31_000);
      expect((await ask(`192.0.2.${count}`)).status).toBe(202);
    }
    app.clock.advance(31_000);
    const eleventh = await ask('192.0.2.99');
    expect(eleventh.status).toBe(429);
    expect(await app.mail.list(email)).toHaveLength(10);
    app.clock.advance(86_400_000);
    expect((await ask('192.0.2.100')).status).toBe(202);
  });

  it('is held to three an hour from one network for one address; an IPv6 household is one network', async () => {
    const email = 'household@snu.ac.kr';
    const ask = (network: string) =>
      app.request('POST', '/v1/verifications', { body: { purpose: 'sign_up', email }, network });
    for (let count = 1; count <= 3; count += 1) {
      expect((await ask(`2001:db8:1:2::${count}`)).status).toBe(202);
      app.clock.advance(31_000);
    }
    expect((await ask('2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await ask('2001:db8:1:3::1')).status).toBe(202);
  });

  it('takes an address below a school domain and refuses look-alikes, saying how to ask for a school', async () => {
    const ask = (email: string) =>
      app.request('POST', '/v1/verifications', { body: { purpose: 'sign_up', email } });
    expect((await ask('a@cse.snu.ac.kr')).status).toBe(202);
    for (const email of ['a@evil-snu.ac.kr', 'a@snu.ac.kr.evil.com', 'a@gmail.com', 'a@ac.kr']) {
      const refused = await ask(email);
      expect(refused.status, email).toBe(422);
      expect(refused.body.code).toBe('school_not_supported');
      expect(refused.body.title).toContain('/v1/schools/inquiries');
    }
    for (const email of [
      '',
      'a',
      'a@',
      '@snu.ac.kr',
      'a b@snu.ac.kr',
      'a@snu..ac.kr',
      '"a"@snu.ac.kr',
      'a@[127.0.0.1]',
    ]) {
      expect((await ask(email)).body.code, email).toBe('invalid_input');
    }
  });

  it('answers an address that has an account like a new one, after the same work', async () => {
    await signUp(app, 'known@snu.ac.kr');
    app.clock.advance(3600_000);
    const ask = (purpose: string, email: string) =>
      app.request('POST', '/v1/verifications', { body: { purpose, email } });
    for (const purpose of ['sign_up', 'reset_password']) {
      app.clock.advance(31_000);
      // The directory is read once a minute, whoever asks.
      await app.request('GET', '/v1/schools?q=snu');
      const known = await ask(purpose, 'known@snu.ac.kr');
      const unknown = await ask(purpose, `unknown.${purpose}@snu.ac.kr`);
      expect({ ...known.body, verificationId: '' }).toEqual({ ...unknown.body, verificationId: '' });
      expect([
        known.status,
        known.cost.statements,
        known.cost.sequentialRoundTrips,
        known.cost.redisCommands,
      ]).toEqual([
        unknown.status,
        unknown.cost.statements,
        unknown.cost.sequentialRoundTrips,
        unknown.cost.redisCommands,
      ]);
    }
    expect(await app.mail.list('unknown.reset_password@snu.ac.kr')).toHaveLength(0);
  });

  it('says 503 while Redis is away, and goes on when it is back', async () => {
    await app.fault('upstash', { mode: 'error' });
    const away = await app.request('POST', '/v1/verifications', {
      body: { purpose: 'sign_up', email: 'away@snu.ac.kr' },
    });
    await app.fault('upstash', undefined);
    expect(away.body.code).toBe('unavailable');
    await askForCode(app, 'away@snu.ac.kr');
  });

  it('leaves no address and no code in Redis or in the log', async () => {
    const email = 'hidden.person@snu.ac.kr';
    const { code } = await askForCode(app, email);
    const keys = (await app.redis('KEYS', '*')) as string[];
    const dump = JSON.stringify(
      await Promise.all(
        keys.map(async (key) => [key, await app.redis('TYPE', key), await app.redis('DUMP', key)]),
      ),
    );
    expect(keys.length).toBeGreaterThan(0);
    for (const text of [dump, app.logs.join('\n')]) {
      expect(text).not.toContain('hidden.person');
      expect(text).not.toContain(code);
    }
  });
});

describe('a proof', () => {
  it('is used once, by one of two who present it at once', async () => {
    const email = 'proof@snu.ac.kr';
    const proof = await proveAddress(app, email);
    const both = await Promise.all([
      app.request('POST', '/v1/account', { body: signUpBody(email, proof) }),
      app.request('POST', '/v1/account', { body: signUpBody(email, proof) }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 422]);
    const again = await app.request('POST', '/v1/account', { body: signUpBody(email, proof) });
    expect(again.body.code).toBe('proof_invalid');
  });

  it('lives 30 minutes and belongs to its address', async () => {
    const proof = await proveAddress(app, 'slow@snu.ac.kr');
    const foreign = await app.request('POST', '/v1/account', { body: signUpBody('thief@snu.ac.kr', proof) });
    expect(foreign.body.code).toBe('proof_invalid');
    app.clock.advance(1800_000);
    const late = await app.request('POST', '/v1/account', { body: signUpBody('slow@snu.ac.kr', proof) });
    expect(late.body.code).toBe('proof_invalid');
  });

  it('is given back when the step it was presented for fails', async () => {
    const email = 'retry@snu.ac.kr';
    const proof = await proveAddress(app, email);
    await app.fault('planetscale', { mode: 'error', match: 'BEGIN' });
    const failed = await app.request('POST', '/v1/account', { body: signUpBody(email, proof) });
    await app.fault('planetscale', undefined);
    expect(failed.body.code).toBe('unavailable');
    expect((await app.request('POST', '/v1/account', { body: signUpBody(email, proof) })).status).toBe(201);
  });
});
