import { beforeAll, describe, expect, it, vi } from 'vitest';
import { PASSWORD, signUp } from '../../../test/harness/account.ts';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { toSqlTime } from '../../../test/harness/people.ts';
import { readZip } from '../../../test/harness/read-zip.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
});

const ask = (token: string, password = PASSWORD) =>
  app.request('POST', '/v1/account/exports', { token, body: { password } });

async function stateOf(token: string): Promise<string> {
  return (await app.request('GET', '/v1/account/exports', { token })).body.items[0]?.state;
}

/** The newest mail with a link, once it has come; the welcome mail may come before or after it. */
function linkMail(email: string): Promise<AnyJson> {
  return vi.waitFor(
    async () => {
      const mails = await app.mail.list(email);
      const mail = mails.find(({ subject }) => subject.includes('데이터가 준비'));
      if (!mail) throw new Error('no mail with a link yet');
      return mail;
    },
    { timeout: 20_000 },
  );
}

/** The path of the newest mailed link. */
async function linkOf(email: string): Promise<string> {
  const mail = await linkMail(email);
  return /\/v1\/exports\/[\w-]{43}/.exec(mail?.text ?? '')?.[0] ?? 'none';
}

/** Fetches an archive through the server: its names, and the parsed data.json. */
async function unpack(path: string): Promise<{ files: string[]; data: AnyJson; read(name: string): Buffer }> {
  const response = await fetch(`${String(app.env['PUBLIC_URL'])}${path}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/zip');
  const entries = readZip(Buffer.from(await response.arrayBuffer()));
  const json = entries.get('data.json')?.toString('utf8');
  return {
    files: [...entries.keys()],
    data: json === undefined ? undefined : (JSON.parse(json) as unknown),
    read: (name) => entries.get(name) ?? Buffer.alloc(0),
  };
}

async function addMedia(userId: string, id: string, bytes: Buffer, size = bytes.length): Promise<void> {
  await app.media.put(`key-${id}`, bytes as unknown as ArrayBuffer);
  await app.sql(
    `insert into media (id, owner_id, kind, object_key, content_type, size, file_name, state, created_at)
     values (?, ?, 'file', ?, 'text/plain', ?, ?, 'claimed', ?)`,
    id,
    userId,
    `key-${id}`,
    size,
    `../../노트 ${id}.txt`,
    toSqlTime(app.clock.now()),
  );
}

describe('an export', () => {
  it('holds everything of mine, comes by a mailed link, and ends', async () => {
    const email = 'export@snu.ac.kr';
    const { token, userId } = await signUp(app, email);
    await addMedia(userId, '501', Buffer.from('내용 501'));
    const asked = await ask(token);
    expect(asked.status).toBe(202);
    expect(asked.body.state).toBe('asked');
    await app.runJobs();
    expect(await stateOf(token)).toBe('ready');

    const link = await linkOf(email);
    const { files, data, read } = await unpack(link);
    expect(data).toMatchObject({
      userId,
      account: [{ addresses: [{ address: email, purpose: 'school' }] }],
      profile: [{ name: '김민수' }],
      sessions: [{ device: 'iPhone 17' }],
    });
    expect(data.consents.map(({ kind }: AnyJson) => kind)).toEqual(['terms', 'privacy']);
    expect(JSON.stringify(data)).not.toContain('password');
    expect(files.filter((name) => !/^(data\.json|media\/[^/\\]+)$/.test(name))).toEqual([]);
    const note = files.find((name) => name.endsWith('501.txt')) ?? '';
    expect(read(note).toString()).toBe('내용 501');

    app.clock.advance(72 * 3600_000);
    expect((await app.request('GET', link)).body.code).toBe('not_found');
    await app.asSystem(async (ctx) => {
      for (const sweep of ctx.deps.retention.sweeps) await sweep.run(ctx);
    });
    expect(await stateOf(token)).toBe('expired');
    expect(app.media.keys().filter((key) => key.startsWith('exports/'))).toEqual([]);
  });

  it('is asked for with the password, once a day, by one of many at once', async () => {
    const { token, userId } = await signUp(app, 'often@snu.ac.kr');
    expect((await ask(token, 'wrong password')).body.code).toBe('password_wrong');
    const answers = await Promise.all([ask(token), ask(token), ask(token)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 429, 429]);
    expect((await ask(token)).body.code).toBe('export_too_soon');
    const rows = await app.sql('select id from data_exports where user_id = ?', userId);
    expect(rows).toHaveLength(1);
    app.clock.advance(86_400_000);
    expect((await ask(token)).status).toBe(202);
  });

  it('in many chunks and slices is whole, and made once by deliveries at the same time', async () => {
    const email = 'long@snu.ac.kr';
    const { token, userId } = await signUp(app, email);
    const rows = Array.from(
      { length: 1234 },
      (_, index) => `(${9_000_000 + index}, ${userId}, 'promotion', 'v${index}', 1, now(3))`,
    );
    await app.sql(
      `insert into consents (id, user_id, kind, version, is_granted, created_at) values ${rows.join(',')}`,
    );
    await app.queue.set({ duplicate: 2 });
    await ask(token);
    await app.runJobs();
    await app.queue.set({ duplicate: 0 });
    await app.queue.advance(60_000);
    const { data } = await unpack(await linkOf(email));
    const versions = data.consents.map(({ version }: AnyJson) => version);
    expect(versions).toHaveLength(1236);
    expect(new Set(versions).size).toBe(1235);
    const mails = (await app.mail.list(email)).filter(({ subject }) => subject.includes('데이터가 준비'));
    expect(mails).toHaveLength(1);
  });

  it('with more media than one archive takes comes in volumes', async () => {
    const email = 'large@snu.ac.kr';
    const { token, userId } = await signUp(app, email);
    const gigabyte = 1024 ** 3;
    await addMedia(userId, '601', Buffer.from('one'), gigabyte);
    await addMedia(userId, '602', Buffer.from('two'), gigabyte);
    await ask(token);
    await app.runJobs();
    const link = await linkOf(email);
    expect((await linkMail(email))?.text).toContain(`${link}?volume=2`);
    const first = await unpack(link);
    const second = await unpack(`${link}?volume=2`);
    expect(first.files.some((name) => name.includes('601'))).toBe(true);
    expect(second.files.some((name) => name.includes('602'))).toBe(true);
    expect(second.data).toBeUndefined();
    expect((await app.request('GET', `${link}?volume=3`)).body.code).toBe('not_found');
  });

  it('that cannot be made is given up after three days', async () => {
    const { token } = await signUp(app, 'stuck@snu.ac.kr');
    await ask(token);
    app.clock.advance(3 * 86_400_000 + 1);
    await app.asSystem(async (ctx) => {
      for (const sweep of ctx.deps.retention.sweeps) await sweep.run(ctx);
    });
    expect(await stateOf(token)).toBe('expired');
  });

  it('leaves out what was deleted since', async () => {
    const email = 'deleted@snu.ac.kr';
    const { token, userId } = await signUp(app, email);
    await addMedia(userId, '701', Buffer.from('gone'));
    await ask(token);
    await app.runJobs();
    await app.media.delete('key-701');
    const { files } = await unpack(await linkOf(email));
    expect(files).toEqual(['data.json']);
  });

  it('is opened by nobody who guesses', async () => {
    expect((await app.request('GET', `/v1/exports/${'A'.repeat(43)}`)).body.code).toBe('not_found');
    expect((await app.request('GET', '/v1/exports/short')).body.code).toBe('invalid_input');
  });

  it('is queued, logged and stored without the link', async () => {
    const bodies = (await app.queue.deliveries()).map(({ body }) => body).join('\n');
    const stored = JSON.stringify(await app.sql('select * from data_exports'));
    for (const email of ['export@snu.ac.kr', 'long@snu.ac.kr']) {
      const token = (await linkOf(email)).slice(-43);
      expect(token).toHaveLength(43);
      expect(bodies).not.toContain(token);
      expect(stored).not.toContain(token);
      expect(app.logs.join('\n')).not.toContain(token);
    }
  });
});
