import { createConnection } from 'node:net';
import { createTransport, type SentMessageInfo } from 'nodemailer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mail } from './mail-store.ts';
import { startInbox, type Inbox } from './server.ts';

let inbox: Inbox;

beforeEach(async () => {
  inbox = await startInbox();
});
afterEach(async () => {
  await inbox.close();
});

function send(mail: { to: string; subject?: string; text?: string; html?: string; bcc?: string }) {
  const transport = createTransport({ host: '127.0.0.1', port: inbox.smtpPort, ignoreTLS: true });
  return transport.sendMail({
    from: '루프어스 <no-reply@loopus.kr>',
    subject: '제목',
    ...mail,
  }) as Promise<SentMessageInfo>;
}

async function list(query = ''): Promise<Mail[]> {
  const response = await fetch(`${inbox.url}/api/messages${query}`);
  return ((await response.json()) as { messages: Mail[] }).messages;
}

function control(name: string, body: object): Promise<Response> {
  return fetch(`${inbox.url}/_control/${name}`, { method: 'POST', body: JSON.stringify(body) });
}

test('keeps a Korean mail with both parts, its code and its envelope', async () => {
  await send({
    to: 'minji@snu.ac.kr',
    bcc: 'hidden@snu.ac.kr',
    subject: '루프어스 인증 코드',
    text: '아래 코드를 입력해 주세요.\n\n482913\n',
    html: '<p>코드 <b>482913</b></p>',
  });
  const [mail] = await list();
  expect(mail).toMatchObject({
    id: '1',
    from: '"루프어스" <no-reply@loopus.kr>',
    to: ['minji@snu.ac.kr', 'hidden@snu.ac.kr'],
    subject: '루프어스 인증 코드',
    text: '아래 코드를 입력해 주세요.\n\n482913\n',
    code: '482913',
  });
  expect(mail!.html).toContain('<b>482913</b>');
  expect(mail!.headers['to']).toBe('minji@snu.ac.kr');
  expect(mail!.headers['bcc']).toBeUndefined();
  const one = await fetch(`${inbox.url}/api/messages/${mail!.id}`);
  expect(await one.json()).toEqual(mail);
  expect((await fetch(`${inbox.url}/api/messages/99`)).status).toBe(404);
});

test('lists newest first, by recipient and since an id or a time', async () => {
  await send({ to: 'a@snu.ac.kr', text: 'one' });
  await send({ to: 'b@snu.ac.kr', text: 'two' });
  await send({ to: 'A@snu.ac.kr', text: 'three' });
  expect((await list()).map((mail) => mail.id)).toEqual(['3', '2', '1']);
  expect((await list('?to=a@SNU.ac.kr')).map((mail) => mail.id)).toEqual(['3', '1']);
  expect((await list('?to=a@snu.ac.kr&since=1')).map((mail) => mail.id)).toEqual(['3']);
  const [newest] = await list();
  expect((await list(`?since=${newest!.receivedAt}`)).map((mail) => mail.id)).toContain('3');
  expect(await list(`?since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
});

test('holds an answer until a mail for that address arrives', async () => {
  const waiting = list('?to=later@snu.ac.kr&wait=20000');
  await send({ to: 'other@snu.ac.kr', text: 'not this one' });
  await send({ to: 'later@snu.ac.kr', text: '123456' });
  expect((await waiting).map((mail) => mail.code)).toEqual(['123456']);
  expect(await list('?to=never@snu.ac.kr&wait=20')).toEqual([]);
});

test('is emptied by DELETE and goes on counting', async () => {
  await send({ to: 'a@snu.ac.kr' });
  const response = await fetch(`${inbox.url}/api/messages`, { method: 'DELETE' });
  expect(await response.json()).toEqual({ deleted: 1 });
  expect(await list()).toEqual([]);
  await send({ to: 'a@snu.ac.kr' });
  expect((await list()).map((mail) => mail.id)).toEqual(['2']);
});

test('shows a page, and HTML parts under a policy that runs and loads nothing', async () => {
  const page = await fetch(inbox.url);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).not.toMatch(/(src|href)="https?:/);
  await send({ to: 'a@snu.ac.kr', html: '<script>alert(1)</script><p>hello</p>' });
  const part = await fetch(`${inbox.url}/api/messages/1/html`);
  const policy = part.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/^sandbox /);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('allow-scripts');
  await send({ to: 'a@snu.ac.kr', text: 'plain' });
  expect((await fetch(`${inbox.url}/api/messages/2/html`)).status).toBe(404);
});

test('offers neither STARTTLS nor AUTH', async () => {
  const socket = createConnection(inbox.smtpPort, '127.0.0.1');
  let said = '';
  for await (const chunk of socket.setEncoding('utf8') as AsyncIterable<string>) {
    if (said === '') socket.write('EHLO test\r\n');
    said += chunk;
    if (/^250 /m.test(said)) break;
  }
  expect(said).toContain('250-');
  expect(said).not.toMatch(/STARTTLS|AUTH/);
});

test('refuses mail for as many times as told, only for the address told', async () => {
  await control('smtp', { mode: 'refuse', count: 1, match: 'a@snu' });
  await send({ to: 'b@snu.ac.kr', text: 'passes' });
  await expect(send({ to: 'a@snu.ac.kr', text: 'lost' })).rejects.toMatchObject({ responseCode: 451 });
  await send({ to: 'a@snu.ac.kr', text: 'again' });
  expect((await list('?to=a@snu.ac.kr')).map((mail) => mail.text.trim())).toEqual(['again']);
});

test('drops the connection before the mail is kept, or after', async () => {
  await control('smtp', { mode: 'drop', count: 1 });
  await expect(send({ to: 'a@snu.ac.kr' })).rejects.toThrow();
  expect(await list()).toEqual([]);
  await control('smtp', { mode: 'drop', count: 1, when: 'after' });
  await expect(send({ to: 'a@snu.ac.kr' })).rejects.toThrow();
  expect(await list()).toHaveLength(1);
});

test('keeps the mail and leaves the sender without an answer while a delay lasts', async () => {
  await control('smtp', { mode: 'delay', delayMs: 3_600_000, when: 'after' });
  const sending = send({ to: 'slow@snu.ac.kr' });
  sending.catch(() => {});
  expect(await list('?to=slow@snu.ac.kr&wait=20000')).toHaveLength(1);
  await inbox.close();
  await expect(sending).rejects.toThrow();
  inbox = await startInbox();
});

test('delivers after a short delay', async () => {
  await control('smtp', { mode: 'delay', delayMs: 5, count: 1 });
  await send({ to: 'a@snu.ac.kr' });
  expect(await list()).toHaveLength(1);
});

test('a taken web port leaves no SMTP receiver behind', async () => {
  const smtpPort = inbox.smtpPort;
  const port = inbox.port;
  await inbox.close();
  const blocker = await startInbox({ port });
  await expect(startInbox({ port, smtpPort })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await blocker.close();
  inbox = await startInbox({ port, smtpPort });
  expect(inbox.smtpPort).toBe(smtpPort);
});
