import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

describe('sign-up', () => {
  it('makes an account for a school address, by a mailed code', async () => {
    const email = 'kim.minsu@snu.ac.kr';
    const sent = await app.request('POST', '/v1/verifications', { body: { purpose: 'sign_up', email } });
    expect(sent.status).toBe(202);
    const code = await app.mail.waitForCode(email);
    const confirmed = await app.request('POST', '/v1/verifications/confirm', {
      body: { purpose: 'sign_up', email, code, verificationId: sent.body.verificationId },
    });
    expect(confirmed.status).toBe(200);
    const signedUp = await app.request('POST', '/v1/account', {
      body: {
        email,
        proof: confirmed.body.proof,
        password: '봄이 오면 꽃이 핀다',
        name: '김민수',
        departmentId: 1,
        admissionYear: 2024,
        is14OrOlder: true,
        consents: [
          { kind: 'terms', version: '2026-11-01' },
          { kind: 'privacy', version: '2026-11-01' },
        ],
      },
    });
    expect(signedUp.status).toBe(201);
    const account = await app.request('GET', '/v1/account', { token: signedUp.body.token });
    expect(account.body).toMatchObject({ schoolEmail: email, recoveryEmail: null });
  });
});
