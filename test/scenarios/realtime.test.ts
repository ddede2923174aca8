/**
 * Messages in real time through the real Worker, with real WebSockets: two people with two devices each, devices that
 * come and go, objects evicted in the middle, and clients that misbehave.
 */
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestHarness, type TestHarness } from 'wrangler';
import type { AnyJson, TestApp } from '../harness/app.ts';
import { openTestDatabase, type TestDatabase } from '../harness/database.ts';
import { signUpPerson, type TestPerson } from '../harness/people.ts';
import { connectApp, connectBrowser, type Device } from '../harness/socket.ts';

const PATIENCE_MS = 240_000;

let database: TestDatabase;
let server: TestHarness;
let url: string;
let env: Record<string, string>;
let devices: Device[] = [];

beforeAll(async () => {
  const plane = inject('dataPlane');
  database = await openTestDatabase();
  env = {
    ...plane.env,
    DATABASE_URL: database.url,
    REDIS_TOKEN: `${plane.env['REDIS_TOKEN'] ?? ''}.14`,
    CORS_ORIGINS: 'https://app.example',
  };
  server = createTestHarness({
    workers: [{ configPath: resolve(import.meta.dirname, '../../wrangler.toml'), env: 'local', vars: env }],
  });
  url = (await server.listen()).url.origin;
}, PATIENCE_MS);

afterEach(async () => {
  await Promise.all(devices.map((device) => device.close()));
  devices = [];
});

afterAll(() => server?.close());

function arrive(): Promise<TestPerson> {
  const rows = { sql: database.sql, clock: { now: () => new Date() } };
  return signUpPerson(rows as unknown as TestApp);
}

async function call(who: TestPerson, method: string, path: string, body?: object, headers: object = {}) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${who.token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as AnyJson };
}

async function connect(who: TestPerson): Promise<Device> {
  const device = await connectApp(url, who.token);
  devices.push(device);
  await device.waitFor('hello', ({ type }) => type === 'hello');
  return device;
}

async function ticketOf(who: TestPerson): Promise<string> {
  const { status, body } = await call(who, 'POST', '/v1/realtime/tickets');
  expect(status).toBe(201);
  return body.ticket;
}

/** Another log-in of the same person: a second device. */
async function logInAgain(who: TestPerson): Promise<TestPerson> {
  const other = await arrive();
  await database.sql('update sessions set user_id = ? where id = ?', who.userId, other.sessionId);
  return { ...who, token: other.token, sessionId: other.sessionId };
}

async function openRoom(who: TestPerson, whom: TestPerson): Promise<string> {
  return (await call(who, 'PUT', `/v1/users/${whom.userId}/room`)).body.id;
}

function send(who: TestPerson, roomId: string, text: string, key?: string) {
  return call(who, 'POST', `/v1/rooms/${roomId}/messages`, { text }, key ? { 'idempotency-key': key } : {});
}

const isMessage = (text: string) => (frame: AnyJson) =>
  frame.type === 'message' && frame.message.text === text;

const isType = (type: string) => (frame: AnyJson) => frame.type === type;

it(
  'two people with two devices each talk, read, type, go away and come back',
  async () => {
    const [minsu, jiwoo] = await Promise.all([arrive(), arrive()]);
    const [minsuTablet, jiwooTablet] = await Promise.all([logInAgain(minsu), logInAgain(jiwoo)]);
    const [mPhone, mTablet, jPhone, jTablet] = await Promise.all([
      connect(minsu),
      connect(minsuTablet),
      connect(jiwoo),
      connect(jiwooTablet),
    ]);
    const roomId = await openRoom(minsu, jiwoo);

    const sent = await send(minsu, roomId, '안녕하세요', 'phone-1');
    expect(sent).toMatchObject({ status: 201, body: { sequence: 1, clientId: 'phone-1' } });
    for (const [device, isMine] of [
      [mPhone, true],
      [mTablet, true],
      [jPhone, false],
      [jTablet, false],
    ] as const) {
      const { message } = await device.waitFor('the message', isMessage('안녕하세요'));
      expect(message).toMatchObject({ id: sent.body.id, sequence: 1, isMine });
    }

    expect((await send(minsu, roomId, '안녕하세요', 'phone-1')).body).toEqual(sent.body);

    jPhone.send({ v: 1, type: 'read', roomId, sequence: 1 });
    expect(await jTablet.waitFor('my read', isType('read'))).toMatchObject({ by: 'me', sequence: 1 });
    expect(await mTablet.waitFor('their read', isType('read'))).toMatchObject({ by: 'them', sequence: 1 });
    jPhone.send({ v: 1, type: 'typing', roomId });
    expect(await mPhone.waitFor('typing', isType('typing'))).toEqual({ v: 1, type: 'typing', roomId });
    mPhone.send('ping');
    await mPhone.waitFor('pong', isType('pong'));

    // Everybody has it once: what came twice would be there by now, before the next one.
    await send(jiwoo, roomId, '반가워요');
    for (const device of [mPhone, mTablet, jPhone, jTablet]) {
      await device.waitFor('the answer', isMessage('반가워요'));
      expect(device.frames.filter(isType('message')).map(({ message }) => message.sequence)).toEqual([1, 2]);
    }

    await jPhone.close();
    await jTablet.close();
    for (let index = 1; index <= 25; index += 1) {
      await send(minsu, roomId, `놓친 말 ${index}`);
    }
    // 30 a minute: the other half as if a minute had passed.
    await clearLimits();
    for (let index = 26; index <= 50; index += 1) await send(minsu, roomId, `놓친 말 ${index}`);
    const back = await connect(jiwoo);
    const rooms = (await call(jiwoo, 'GET', '/v1/rooms')).body.items;
    expect(rooms).toMatchObject([{ id: roomId, lastSequence: 52, unreadCount: 50 }]);
    const missed: AnyJson[] = [];
    for (let after = 2, hasMore = true; hasMore; after = missed.at(-1).sequence) {
      const page = await call(jiwoo, 'GET', `/v1/rooms/${roomId}/messages?after=${after}&limit=20`);
      missed.push(...page.body.items);
      hasMore = page.body.hasMore;
    }
    expect(missed.map(({ text }) => text)).toEqual(
      Array.from({ length: 50 }, (_, index) => `놓친 말 ${index + 1}`),
    );
    expect(back.frames.filter(isType('message'))).toEqual([]);
  },
  PATIENCE_MS,
);

/** Exact limits live in Redis: all of this run's are forgotten. */
async function clearLimits(): Promise<void> {
  await fetch(env['REDIS_URL'] ?? '', {
    method: 'POST',
    headers: { authorization: `Bearer ${env['REDIS_TOKEN']}` },
    body: JSON.stringify(['FLUSHDB']),
  });
}

describe('a session that ends', () => {
  it('closes its sockets within a second, and no others', async () => {
    const minsu = await arrive();
    const tablet = await logInAgain(minsu);
    const [phone, kept] = [await connect(minsu), await connect(tablet)];
    const endedAt = Date.now();
    expect((await call(tablet, 'DELETE', `/v1/sessions/${minsu.sessionId}`)).status).toBe(204);
    expect(await phone.closed).toBe(4001);
    expect(Date.now() - endedAt).toBeLessThan(1000);
    kept.send('ping');
    await kept.waitFor('pong', isType('pong'));
    await expect(connectApp(url, minsu.token)).rejects.toThrow('refused with 401');
  });
});

describe('a blocked person', () => {
  it('cannot send, does not learn why, and is shown nothing of the other', async () => {
    const [minsu, jiwoo] = await Promise.all([arrive(), arrive()]);
    const roomId = await openRoom(minsu, jiwoo);
    await send(minsu, roomId, '전에');
    const [mine, theirs] = [await connect(minsu), await connect(jiwoo)];
    expect((await call(jiwoo, 'PUT', `/v1/users/${minsu.userId}/block`)).status).toBe(204);
    const refused = await send(minsu, roomId, '왜요');
    expect([refused.status, refused.body.code]).toEqual([403, 'message_refused']);
    mine.send({ v: 1, type: 'typing', roomId });
    theirs.send({ v: 1, type: 'read', roomId, sequence: 1 });
    await theirs.waitFor('my own read', isType('read'));
    mine.send('ping');
    await mine.waitFor('pong', isType('pong'));
    theirs.send('ping');
    await theirs.waitFor('pong', isType('pong'));
    expect(mine.frames.filter(({ type }) => type !== 'hello' && type !== 'pong')).toEqual([]);
    expect(theirs.frames.filter(isType('typing'))).toEqual([]);
  });
});

describe('a browser', () => {
  it('comes in with a ticket, once, from our pages only', async () => {
    const minsu = await arrive();
    const origin = 'https://app.example';
    const ticket = await ticketOf(minsu);
    const page = await connectBrowser(url, ticket, origin);
    devices.push(page);
    await page.waitFor('hello', isType('hello'));
    await expect(connectBrowser(url, ticket, origin)).rejects.toThrow('refused with 401');
    const next = await ticketOf(minsu);
    await expect(connectBrowser(url, next, 'https://evil.example')).rejects.toThrow('refused with 403');
    await expect(connectBrowser(url, next)).rejects.toThrow('refused with 403');
    await expect(connectBrowser(url, 'A'.repeat(43), origin)).rejects.toThrow('refused with 401');
    await expect(connectBrowser(url, 'x', origin)).rejects.toThrow('refused with 400');
  });

  it('is told that the address is for WebSockets when it asks by plain HTTP', async () => {
    const minsu = await arrive();
    const plain = await call(minsu, 'GET', '/v1/realtime');
    expect([plain.status, plain.body.code]).toEqual([426, 'upgrade_required']);
  });
});

describe('what clients may not send', () => {
  const rows: [string, object | string, string][] = [
    ['broken JSON', '{"v":1,', 'bad_json'],
    ['no object', '42', 'bad_frame'],
    ['null', 'null', 'bad_frame'],
    ['an unknown type', { v: 1, type: 'dance' }, 'unknown_type'],
    ['a message', { v: 1, type: 'message', roomId: '1', text: '안녕' }, 'unknown_type'],
    ['a newer version', { v: 2, type: 'typing', roomId: '1' }, 'bad_frame'],
    ['a field too many', { v: 1, type: 'typing', roomId: '1', x: 1 }, 'bad_frame'],
    ['a broken id', { v: 1, type: 'typing', roomId: '0; drop table' }, 'bad_frame'],
    ['a broken sequence', { v: 1, type: 'read', roomId: '1', sequence: -1 }, 'bad_frame'],
    ['a room of others', { v: 1, type: 'read', roomId: '1', sequence: 1 }, 'room_not_found'],
  ];

  it('is answered with an error frame, and the socket lives on', async () => {
    const device = await connect(await arrive());
    for (const [what, frame, code] of rows) {
      const since = device.frames.length;
      device.send(frame);
      expect(await device.waitFor(what, isType('error'), since), what).toEqual({ v: 1, type: 'error', code });
    }
  });

  it('closes the socket when it is binary, too large or a flood', async () => {
    const minsu = await arrive();
    const binary = await connect(minsu);
    binary.send(new Uint8Array([1, 2, 3]));
    expect(await binary.closed).toBe(1003);
    const large = await connect(minsu);
    large.send('x'.repeat(1024 * 1024));
    expect(await large.closed).toBe(1009);
    const flood = await connect(minsu);
    for (let index = 0; index < 40; index += 1) flood.send({ v: 1, type: 'dance' });
    expect(await flood.closed).toBe(4029);
    expect(await (await connect(minsu)).waitFor('hello', isType('hello'))).toBeTruthy();
  });

  it('is a socket beyond ten: the oldest gives way', async () => {
    const minsu = await arrive();
    const first = await connect(minsu);
    for (let index = 0; index < 10; index += 1) await connect(minsu);
    expect(await first.closed).toBe(4008);
  });
});

describe('the object of a person', () => {
  it.each(['hibernate', 'close'] as const)(
    'evicted in the middle of a conversation (%s) loses and doubles nothing',
    async (webSockets) => {
      const [minsu, jiwoo] = await Promise.all([arrive(), arrive()]);
      const roomId = await openRoom(minsu, jiwoo);
      await send(jiwoo, roomId, '시작');
      const phone = await connect(jiwoo);
      const evict = () =>
        server.getWorker().evictDurableObject('REALTIME', { name: jiwoo.userId, webSockets });
      await send(minsu, roomId, '하나', 'k-1');
      await phone.waitFor('the first', isMessage('하나'));
      await evict();
      if (webSockets === 'close') await phone.closed;
      const device = webSockets === 'close' ? await connect(jiwoo) : phone;
      expect((await send(minsu, roomId, '둘', 'k-2')).body.sequence).toBe(3);
      expect((await send(minsu, roomId, '하나', 'k-1')).body.sequence).toBe(2);
      expect((await send(minsu, roomId, '셋')).body.sequence).toBe(4);
      await device.waitFor('the last', isMessage('셋'));
      if (webSockets === 'hibernate') {
        device.send({ v: 1, type: 'read', roomId, sequence: 4 });
        expect(await device.waitFor('my read', isType('read'))).toMatchObject({ by: 'me', sequence: 4 });
        const heard = device.frames.filter(isType('message')).map(({ message }) => message.sequence);
        expect([...new Set(heard)]).toEqual([2, 3, 4]);
      }
      const { items } = (await call(jiwoo, 'GET', `/v1/rooms/${roomId}/messages?after=0`)).body;
      expect(items.map(({ text, sequence }: AnyJson) => [sequence, text])).toEqual([
        [1, '시작'],
        [2, '하나'],
        [3, '둘'],
        [4, '셋'],
      ]);
    },
    PATIENCE_MS,
  );
});
