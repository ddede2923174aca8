import { Client } from '@planetscale/database';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  CONSENTS,
  logIn,
  NEW_PASSWORD,
  PASSWORD,
  proveAddress,
  signUp,
  signUpBody,
} from '../../../test/harness/account.ts';
import { startTestApp, type Answer, type TestApp } from '../../../test/harness/app.ts';
import { hashPassword } from '../../platform/password.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

/** InnoDB shows its transactions anew only to who asks less often than every 100 ms. */
const WAIT = { interval: 200, timeout: 20_000 };

describe('sign-up', () => {
  it('takes school, field and consents from what was proven and agreed to', async () => {
    const { userId, token } = await signUp(app, 'Minsu.Kim@cse.snu.ac.kr');
    const [row] = await app.sql(
      'select name, field_id, admission_year, s.name_en from users join schools s on s.id = school_id where users.id = ?',
      userId,
    );
    expect(row).toMatchObject({ name: '김민수', field_id: 1, name_en: 'Seoul National University' });
    const account = await app.request('GET', '/v1/account', { token });
    expect(account.body.schoolEmail).toBe('Minsu.Kim@cse.snu.ac.kr');
    expect(account.body.consents.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
      'privacy',
      'terms',
    ]);
  });

  it('gives one account to one mailbox, `+tag` and upper case ignored', async () => {
    await signUp(app, 'tagged@snu.ac.kr');
    const email = 'Tagged+second@snu.ac.kr';
    app.clock.advance(31_000);
    const proof = await proveAddress(app, email);
    const second = await app.request('POST', '/v1/account', { body: signUpBody(email, proof) });
    expect(second.body.code).toBe('account_exists');
  });

  it('refuses what the rules refuse, and keeps the proof for the next try', async () => {
    const email = 'rules@snu.ac.kr';
    const proof = await proveAddress(app, email);
    const attempt = async (change: object) =>
      (await app.request('POST', '/v1/account', { body: { ...signUpBody(email, proof), ...change } })).body
        .code;
    expect(await attempt({ is14OrOlder: false })).toBe('too_young');
    expect(await attempt({ consents: CONSENTS.slice(1) })).toBe('consent_required');
    expect(await attempt({ password: 'password1' })).toBe('password_too_common');
    expect(await attempt({ password: 'qwer1234' })).toBe('password_too_common');
    expect(await attempt({ password: 'short' })).toBe('invalid_input');
    expect(await attempt({ password: '가'.repeat(129) })).toBe('invalid_input');
    expect(await attempt({ departmentId: 999_999 })).toBe('department_not_found');
    expect(await attempt({ admissionYear: 2027 })).toBe('invalid_input');
    expect(await attempt({ admissionYear: 1976 })).toBe('invalid_input');
    expect(await attempt({ name: 'a\u202eb' })).toBe('invalid_input');
    expect(await attempt({ isAdmin: true })).toBe('invalid_input');
    expect(await attempt({ admissionYear: 1977, password: '가나다라'.repeat(32) })).toBeUndefined();
  });
});

describe('sessions', () => {
  it('end one by one, at once, also while Redis is emptied', async () => {
    const first = await signUp(app, 'devices@snu.ac.kr');
    const second = (await logIn(app, 'devices@snu.ac.kr')).body;
    const list = await app.request('GET', '/v1/sessions', { token: first.token });
    expect(list.body.items).toHaveLength(2);
    expect(list.body.items.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent).device).toBe(
      'iPhone 17',
    );

    expect(
      (await app.request('DELETE', `/v1/sessions/${second.sessionId}`, { token: first.token })).status,
    ).toBe(204);
    expect((await app.request('GET', '/v1/account', { token: second.token })).status).toBe(401);
    await app.redis('FLUSHDB');
    expect((await app.request('GET', '/v1/account', { token: second.token })).status).toBe(401);
    expect((await app.request('GET', '/v1/account', { token: first.token })).status).toBe(200);
    expect(
      (await app.request('DELETE', `/v1/sessions/${second.sessionId}`, { token: first.token })).status,
    ).toBe(404);
    expect((await app.request('DELETE', '/v1/sessions/current', { token: first.token })).status).toBe(204);
    expect((await app.request('GET', '/v1/account', { token: first.token })).status).toBe(401);
  });

  it('stay ended when a reader that saw them alive refills the cache late', async () => {
    const first = await signUp(app, 'race@snu.ac.kr');
    const second = (await logIn(app, 'race@snu.ac.kr')).body;
    await app.redis('FLUSHDB');
    // The refill of this read is held back in Redis until after the session has ended.
    await app.fault('upstash', { mode: 'delay', delayMs: 300, match: 'nx', count: 1 });
    const reading = await app.request('GET', '/v1/account', { token: second.token, settle: false });
    expect(reading.status).toBe(200);
    const ending = await app.request('DELETE', `/v1/sessions/${second.sessionId}`, {
      token: first.token,
      settle: false,
    });
    expect(ending.status).toBe(204);
    await app.settle();
    await app.fault('upstash', undefined);
    expect((await app.request('GET', '/v1/account', { token: second.token })).status).toBe(401);
  });

  it('that end while Redis is away are buried by the reaction once it is back', async () => {
    const first = await signUp(app, 'buried@snu.ac.kr');
    const second = (await logIn(app, 'buried@snu.ac.kr')).body;
    expect((await app.request('GET', '/v1/account', { token: second.token })).status).toBe(200);
    await app.fault('upstash', { mode: 'error' });
    expect(
      (await app.request('DELETE', `/v1/sessions/${second.sessionId}`, { token: first.token })).status,
    ).toBe(204);
    await app.fault('upstash', undefined);
    const [event] = await app.sql(`select name, attempts from outbox where name = 'sessions.ended'`);
    expect(event).toMatchObject({ name: 'sessions.ended', attempts: 1 });
    await app.sql('delete from outbox');
  });

  it('are read from MySQL while Redis is away, and cost one Redis command when it is there', async () => {
    const { token } = await signUp(app, 'counted@snu.ac.kr');
    await app.request('GET', '/v1/account', { token });
    const warm = await app.request('GET', '/v1/account', { token });
    expect(warm.cost).toMatchObject({ redisCommands: 1, statements: 3, sequentialRoundTrips: 2 });
    await app.fault('upstash', { mode: 'drop' });
    const away = await app.request('GET', '/v1/account', { token });
    await app.fault('upstash', undefined);
    expect(away.status).toBe(200);
  });

  it('slide for 90 days of use and no longer', async () => {
    const { token } = await signUp(app, 'sliding@snu.ac.kr');
    for (let day = 0; day < 3; day += 1) {
      app.clock.advance(60 * 86_400_000);
      await app.redis('FLUSHDB');
      expect((await app.request('GET', '/v1/account', { token })).status).toBe(200);
    }
    app.clock.advance(91 * 86_400_000);
    expect((await app.request('GET', '/v1/account', { token })).status).toBe(401);
    app.clock.set('2026-11-24T05:00:00.000Z');
    await app.redis('FLUSHDB');
  });

  it('take `Token` for `Bearer` and nothing else for a token', async () => {
    const { token } = await signUp(app, 'scheme@snu.ac.kr');
    const read = (authorization: string) => app.request('GET', '/v1/account', { headers: { authorization } });
    expect((await read(`Token ${token}`)).status).toBe(200);
    for (const wrong of [
      token,
      `Basic ${token}`,
      `Bearer ${token}x`,
      'Bearer ',
      `Bearer ${'A'.repeat(43)}`,
    ]) {
      expect((await read(wrong)).status, wrong).toBe(401);
    }
  });

  it('keep only the hash of the token', async () => {
    const { token } = await signUp(app, 'hashed@snu.ac.kr');
    expect(await app.sql('select id from sessions where token_hash = ?', token)).toHaveLength(0);
  });
});

describe('log-in', () => {
  it('answers a wrong password and an unknown address alike, after the same work', async () => {
    await signUp(app, 'alike@snu.ac.kr');
    const wrong = await logIn(app, 'alike@snu.ac.kr', 'not the password');
    const unknown = await logIn(app, 'nobody.here@snu.ac.kr', 'not the password');
    expect(wrong.body.code).toBe('credentials_wrong');
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    expect([wrong.cost.statements, wrong.cost.redisCommands]).toEqual([
      unknown.cost.statements,
      unknown.cost.redisCommands,
    ]);
  });

  it('is held to ten wrong tries in 15 minutes from one network; right ones are not counted', async () => {
    await signUp(app, 'guessed@snu.ac.kr');
    for (let count = 0; count < 15; count += 1) {
      expect((await logIn(app, 'guessed@snu.ac.kr', PASSWORD, '192.0.2.50')).status).toBe(201);
    }
    for (let count = 0; count < 10; count += 1) {
      expect((await logIn(app, 'guessed@snu.ac.kr', 'wrong', '192.0.2.50')).status).toBe(401);
    }
    expect((await logIn(app, 'guessed@snu.ac.kr', PASSWORD, '192.0.2.50')).status).toBe(429);
    app.clock.advance(900_000);
    expect((await logIn(app, 'guessed@snu.ac.kr', PASSWORD, '192.0.2.50')).status).toBe(201);
  });

  it('cannot be locked by strangers for a network its owner has used', async () => {
    await signUp(app, 'owner@snu.ac.kr');
    await logIn(app, 'owner@snu.ac.kr', PASSWORD, '192.0.2.77');
    for (let count = 0; count < 101; count += 1)
      await logIn(app, 'owner@snu.ac.kr', 'wrong', `198.51.100.${count}`);
    expect((await logIn(app, 'owner@snu.ac.kr', PASSWORD, '198.51.100.200')).status).toBe(429);
    expect((await logIn(app, 'owner@snu.ac.kr', PASSWORD, '192.0.2.77')).status).toBe(201);
  });
});

describe('the password', () => {
  it('is hashed anew at log-in when the cost has grown', async () => {
    const { userId } = await signUp(app, 'rehash@snu.ac.kr');
    const cheaper = await hashPassword(PASSWORD, { n: 512, r: 8, p: 1 });
    await app.sql('update users set password_hash = ? where id = ?', cheaper, userId);
    expect((await logIn(app, 'rehash@snu.ac.kr')).status).toBe(201);
    const [row] = await app.sql<{ hash: string }>(
      'select password_hash as hash from users where id = ?',
      userId,
    );
    expect(row?.hash).toMatch(/^scrypt\$1024\$8\$1\$/);
    expect((await logIn(app, 'rehash@snu.ac.kr')).status).toBe(201);
  });

  it('that is being replaced opens no session and is not brought back by a rehash', async () => {
    const { userId } = await signUp(app, 'replaced@snu.ac.kr');
    await app.sql(
      'update users set password_hash = ? where id = ?',
      await hashPassword(PASSWORD, { n: 512, r: 8, p: 1 }),
      userId,
    );
    const next = await hashPassword(NEW_PASSWORD, { n: 1024, r: 8, p: 1 });
    const replacing = new Client({ url: String(app.env['DATABASE_URL']) });
    let late: Promise<Answer> | undefined;
    await replacing.transaction(async (tx) => {
      await tx.execute('update users set password_hash = ? where id = ?', [next, userId]);
      let isOver = false;
      late = logIn(app, 'replaced@snu.ac.kr').finally(() => {
        isOver = true;
      });
      await vi.waitFor(async () => {
        const waiting = await app.sql(
          "select 1 from information_schema.innodb_trx where trx_state = 'LOCK WAIT'",
        );
        expect(isOver || waiting.length > 0).toBe(true);
      }, WAIT);
    });
    expect((await late)?.body.code).toBe('credentials_wrong');
    expect((await logIn(app, 'replaced@snu.ac.kr')).body.code).toBe('credentials_wrong');
    expect((await logIn(app, 'replaced@snu.ac.kr', NEW_PASSWORD)).status).toBe(201);
  });

  it('is right for two log-ins at once although the first has just hashed it anew', async () => {
    const { userId } = await signUp(app, 'rehash-twice@snu.ac.kr');
    const cheaper = await hashPassword(PASSWORD, { n: 512, r: 8, p: 1 });
    await app.sql('update users set password_hash = ? where id = ?', cheaper, userId);
    const both = await Promise.all([1, 2, 3].map(() => logIn(app, 'rehash-twice@snu.ac.kr')));
    expect(both.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  it('changes against the present one and ends the other sessions', async () => {
    const { token } = await signUp(app, 'change@snu.ac.kr');
    const other = (await logIn(app, 'change@snu.ac.kr')).body;
    const change = (currentPassword: string) =>
      app.request('PUT', '/v1/account/password', {
        token,
        body: { currentPassword, newPassword: NEW_PASSWORD },
      });
    expect((await change('wrong one')).body.code).toBe('password_wrong');
    expect((await change(PASSWORD)).status).toBe(204);
    expect((await app.request('GET', '/v1/account', { token })).status).toBe(200);
    expect((await app.request('GET', '/v1/account', { token: other.token })).status).toBe(401);
    expect((await logIn(app, 'change@snu.ac.kr')).status).toBe(401);
    expect((await logIn(app, 'change@snu.ac.kr', NEW_PASSWORD)).status).toBe(201);
  });

  it('is reset by a proof, which ends all sessions', async () => {
    const { token } = await signUp(app, 'forgot@snu.ac.kr');
    app.clock.advance(31_000);
    const proof = await proveAddress(app, 'forgot@snu.ac.kr', { purpose: 'reset_password' });
    const reset = await app.request('POST', '/v1/account/password-reset', {
      body: { email: 'forgot@snu.ac.kr', proof, newPassword: NEW_PASSWORD },
    });
    expect(reset.status).toBe(204);
    expect((await app.request('GET', '/v1/account', { token })).status).toBe(401);
    expect((await logIn(app, 'forgot@snu.ac.kr', NEW_PASSWORD)).status).toBe(201);
  });
});

describe('addresses', () => {
  it('let a graduate without school mail log in and reset by the recovery address', async () => {
    const { token } = await signUp(app, 'graduate@snu.ac.kr');
    const recovery = 'graduate@gmail.com';
    const proof = await proveAddress(app, recovery, { purpose: 'recovery_address', token });
    const set = (password: string) =>
      app.request('PUT', '/v1/account/recovery-address', {
        token,
        body: { email: recovery, proof, password },
      });
    expect((await set('wrong one')).body.code).toBe('password_wrong');
    expect((await set(PASSWORD)).status).toBe(204);
    expect((await logIn(app, recovery)).status).toBe(201);
    app.clock.advance(31_000);
    const resetProof = await proveAddress(app, recovery, { purpose: 'reset_password' });
    const reset = await app.request('POST', '/v1/account/password-reset', {
      body: { email: recovery, proof: resetProof, newPassword: NEW_PASSWORD },
    });
    expect(reset.status).toBe(204);
    const again = (await logIn(app, recovery, NEW_PASSWORD)).body;
    const removed = await app.request('POST', '/v1/account/recovery-address/removal', {
      token: again.token,
      body: { password: NEW_PASSWORD },
    });
    expect(removed.status).toBe(204);
    expect((await logIn(app, recovery, NEW_PASSWORD)).status).toBe(401);
  });

  it('belong to one account, whichever their purpose', async () => {
    await signUp(app, 'taken@snu.ac.kr');
    const { token } = await signUp(app, 'taker@snu.ac.kr');
    app.clock.advance(31_000);
    const proof = await proveAddress(app, 'taken@snu.ac.kr', { purpose: 'recovery_address', token });
    const set = await app.request('PUT', '/v1/account/recovery-address', {
      token,
      body: { email: 'taken@snu.ac.kr', proof, password: PASSWORD },
    });
    expect(set.body.code).toBe('address_in_use');
  });

  it('move the account to another school by re-certification', async () => {
    const { token, userId } = await signUp(app, 'mover@snu.ac.kr');
    const email = 'mover@kaist.ac.kr';
    const proof = await proveAddress(app, email, { purpose: 'change_email', token });
    const moved = await app.request('PUT', '/v1/account/school', {
      token,
      body: { email, proof, password: PASSWORD, departmentId: 2, admissionYear: 2026 },
    });
    expect(moved.status).toBe(204);
    const [row] = await app.sql(
      'select name_en, admission_year from users join schools s on s.id = school_id where users.id = ?',
      userId,
    );
    expect(row).toMatchObject({ admission_year: 2026 });
    expect(JSON.stringify(row)).toContain('Korea Advanced Institute');
    expect((await logIn(app, email)).status).toBe(201);
    expect((await logIn(app, 'mover@snu.ac.kr')).status).toBe(401);
  });
});

describe('consents', () => {
  it('are withdrawn one by one, each act kept; required ones only by leaving', async () => {
    const { token, userId } = await signUp(app, 'consents@snu.ac.kr');
    const set = (kind: string, isGranted: boolean) =>
      app.request('PUT', `/v1/account/consents/${kind}`, {
        token,
        body: { version: '2026-11-01', isGranted },
      });
    expect((await set('findable_by_companies', true)).status).toBe(204);
    expect(await app.sql('select is_findable_by_companies as f from users where id = ?', userId)).toEqual([
      { f: 1 },
    ]);
    app.clock.advance(1000);
    expect((await set('findable_by_companies', false)).status).toBe(204);
    expect(await app.sql('select is_findable_by_companies as f from users where id = ?', userId)).toEqual([
      { f: 0 },
    ]);
    expect((await set('privacy', false)).body.code).toBe('consent_required');
    const account = await app.request('GET', '/v1/account', { token });
    expect(account.body.consents).toContainEqual(
      expect.objectContaining({ kind: 'findable_by_companies', isGranted: false }),
    );
    expect(
      await app.sql(`select id from consents where user_id = ? and kind = 'findable_by_companies'`, userId),
    ).toHaveLength(2);
  });
});

describe('leaving', () => {
  it('ends everything at once and is undone by logging in within 30 days', async () => {
    const email = 'leaver@snu.ac.kr';
    const { token } = await signUp(app, email);
    const leave = (password: string) =>
      app.request('POST', '/v1/account/leave', { token, body: { password, reason: '졸업했어요' } });
    expect((await leave('wrong one')).body.code).toBe('password_wrong');
    expect((await leave(PASSWORD)).status).toBe(204);
    expect((await app.request('GET', '/v1/account', { token })).status).toBe(401);
    app.clock.advance(29 * 86_400_000);
    expect((await logIn(app, email, 'wrong one')).status).toBe(401);
    const back = await logIn(app, email);
    expect(back.body.isRestored).toBe(true);
    expect((await app.request('GET', '/v1/account', { token: back.body.token })).status).toBe(200);
    expect((await app.request('GET', '/v1/account', { token })).status).toBe(401);
  });

  it('is final after 30 days', async () => {
    const email = 'gone@snu.ac.kr';
    const { token } = await signUp(app, email);
    await app.request('POST', '/v1/account/leave', { token, body: { password: PASSWORD, reason: '' } });
    app.clock.advance(30 * 86_400_000);
    expect((await logIn(app, email)).body.code).toBe('credentials_wrong');
  });
});
