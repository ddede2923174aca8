import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { callWorker, joinLoopUs, waitForMailedCode } from '../harness/worker-client.ts';

it('a student signs up with a school e-mail, logs in on a second device and out again', async () => {
  const email = 'story.kim@snu.ac.kr';
  const schools = await callWorker('GET', `/v1/schools?q=${encodeURIComponent('ㅅㅇㄷ')}`);
  expect(schools.body.items.map(({ nameKo }: { nameKo: string }) => nameKo)).toContain('서울대학교');

  const { token } = await joinLoopUs(email, '김스토리');
  const account = await callWorker('GET', '/v1/account', { token });
  expect(account.body.schoolEmail).toBe(email);

  const second = await callWorker('POST', '/v1/sessions', {
    body: { email, password: '봄이 오면 꽃이 핀다', device: 'Galaxy S27' },
  });
  expect(second.status).toBe(201);
  const devices = await callWorker('GET', '/v1/sessions', { token });
  expect(devices.body.items.map(({ device }: { device: string }) => device)).toContain('Galaxy S27');
  expect((await callWorker('DELETE', `/v1/sessions/${second.body.sessionId}`, { token })).status).toBe(204);
  expect((await callWorker('GET', '/v1/account', { token: second.body.token })).status).toBe(401);
  expect((await callWorker('GET', '/v1/account', { token })).status).toBe(200);
});

it('the mail of the code is Korean or English, text and HTML, as the app asks', async () => {
  const { mail } = inject('dataPlane').urls;
  const read = async (email: string, language: string) => {
    await callWorker('POST', '/v1/verifications', {
      body: { purpose: 'sign_up', email },
      headers: { 'accept-language': language },
    });
    const code = await waitForMailedCode(email);
    const { messages } = (await (await fetch(`${mail}/api/messages?to=${email}`)).json()) as {
      messages: { subject: string; text: string; html: string }[];
    };
    return { code, ...messages[0] };
  };
  const korean = await read('story.ko@snu.ac.kr', 'ko-KR');
  expect(korean.subject).toBe(`[루프어스] 회원가입 인증번호 ${korean.code}`);
  expect(korean.html).toContain(korean.code);
  const english = await read('story.en@snu.ac.kr', 'en-US,en;q=0.9');
  expect(english.subject).toContain(`${english.code} is your sign-up code`);
  expect(english.text).toContain('valid for 3 minutes');
});

it('the docs page, the errors page and the API description are served by the Worker itself', async () => {
  const page = await callWorker('GET', '/docs');
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.body).not.toMatch(/https?:\/\/(?!127)/);
  for (const [, path = ''] of page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    expect((await callWorker('GET', path)).status, path).toBe(200);
  }
  expect((await callWorker('GET', '/health/ready')).body).toEqual({ status: 'ok' });
});

it('the log of the Worker carries no address, no code, no token', async () => {
  const { token } = await joinLoopUs('story.private@snu.ac.kr', '비밀이');
  const code = await waitForMailedCode('story.private@snu.ac.kr');
  await callWorker('GET', '/v1/account', { token });
  const log = readFileSync(inject('worker').logFile, 'utf8');
  expect(log).toContain('"operation":"readAccount"');
  for (const text of ['story.private', '비밀이', token, code, '봄이 오면']) expect(log).not.toContain(text);
});
