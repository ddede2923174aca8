import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { NEW_PASSWORD, PASSWORD, signUp } from '../../../test/harness/account.ts';
import { enqueueMails } from './index.ts';
import { welcomeMail } from '../account/index.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
});

async function mailsTo(address: string, subject: string): Promise<AnyJson[]> {
  return (await app.mail.list(address)).filter((mail) => mail.subject.includes(subject));
}

describe('a mail that a job sends', () => {
  it('welcomes somebody new, in Korean and English, once however often it is delivered', async () => {
    const email = 'welcome@snu.ac.kr';
    await app.queue.set({ duplicate: 2 });
    const { userId } = await signUp(app, email);
    await app.runJobs();
    await app.queue.set({ duplicate: 0 });
    await app.queue.advance(60_000);
    const mails = await mailsTo(email, '가입을 환영합니다');
    expect(mails).toHaveLength(1);
    expect(mails[0].text).toContain('오신 것을 환영합니다');
    expect(mails[0].text).toContain('Welcome to Loop Us');
    await app.queue.advance(700_000);
    const [message] = (await app.queue.deliveries()).filter(({ body }) => body.includes(userId));
    await app.asSystem((ctx) => {
      const { cause } = JSON.parse(message?.body ?? '').payload;
      return enqueueMails(ctx, welcomeMail, [{ userId, cause }]);
    });
    await app.runJobs();
    expect(await mailsTo(email, '가입을 환영합니다')).toHaveLength(1);
  });

  it('tells every address of a changed password', async () => {
    const email = 'changed@snu.ac.kr';
    const recovery = 'changed@example.com';
    const { token, userId } = await signUp(app, email);
    await app.sql(
      `insert into user_emails (address_key, user_id, purpose, address, verified_at) values (?, ?, 'recovery', ?, now(3))`,
      recovery,
      userId,
      recovery,
    );
    const changed = await app.request('PUT', '/v1/account/password', {
      token,
      body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
    });
    expect(changed.status).toBe(204);
    await app.runJobs();
    expect(await mailsTo(email, '비밀번호가 바뀌었습니다')).toHaveLength(1);
    expect(await mailsTo(recovery, '비밀번호가 바뀌었습니다')).toHaveLength(1);
  });

  it('waits until the mail server is back', async () => {
    const email = 'patient@snu.ac.kr';
    await signUp(app, email);
    const smtp = app.env['MAIL_URL'];
    app.env['MAIL_URL'] = 'smtp://127.0.0.1:9';
    app.forgetEnv();
    await app.runJobs();
    expect(await mailsTo(email, '가입을 환영합니다')).toHaveLength(0);
    app.env['MAIL_URL'] = smtp;
    app.forgetEnv();
    await app.queue.advance(60_000);
    expect(await mailsTo(email, '가입을 환영합니다')).toHaveLength(1);
  });

  it('does not go to somebody who has left', async () => {
    const email = 'gone@snu.ac.kr';
    const { token } = await signUp(app, email);
    await app.request('POST', '/v1/account/leave', { token, body: { password: PASSWORD, reason: '' } });
    await app.runJobs();
    expect(await mailsTo(email, '가입을 환영합니다')).toHaveLength(0);
  });

  it('is queued without any address, name, code or token', async () => {
    const bodies = (await app.queue.deliveries()).map(({ body }) => body).join('\n');
    expect(bodies).toContain('mail.send');
    expect(bodies).not.toMatch(/@|김민수|[\w-]{43}/);
  });
});
