/** Rooms of two: sending, reading, lists, and what people with a block or who left may and learn. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type Answer, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { block, countOf, leave } from '../../../test/harness/society.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await app.request('GET', '/v1/me', { token: (await signUpPerson(app)).token });
});

function call(who: TestPerson, method: string, path: string, body?: object): Promise<Answer> {
  return app.request(method, path, { token: who.token, body });
}

async function pair(): Promise<[TestPerson, TestPerson]> {
  return Promise.all([signUpPerson(app), signUpPerson(app)]);
}

async function openRoom(who: TestPerson, whom: TestPerson): Promise<string> {
  const answer = await call(who, 'PUT', `/v1/users/${whom.userId}/room`);
  expect(answer.status).toBe(200);
  return answer.body.id;
}

function send(who: TestPerson, roomId: string, text: string, key = randomUUID() as string): Promise<Answer> {
  return app.request('POST', `/v1/rooms/${roomId}/messages`, {
    token: who.token,
    body: { text },
    headers: { 'idempotency-key': key },
  });
}

async function roomsOf(who: TestPerson): Promise<AnyJson[]> {
  return (await call(who, 'GET', '/v1/rooms')).body.items;
}

async function messagesOf(who: TestPerson, roomId: string, query = ''): Promise<AnyJson> {
  const answer = await call(who, 'GET', `/v1/rooms/${roomId}/messages${query}`);
  expect(answer.status).toBe(200);
  return answer.body;
}

describe('a room', () => {
  it('is one for two people, whoever opens it and however many do at once', async () => {
    const [minsu, jiwoo] = await pair();
    const opened = await Promise.all([
      openRoom(minsu, jiwoo),
      openRoom(jiwoo, minsu),
      openRoom(minsu, jiwoo),
      openRoom(jiwoo, minsu),
    ]);
    expect(new Set(opened).size).toBe(1);
    expect(await countOf(app, 'select count(*) as n from room_members where room_id = ?', opened[0])).toBe(2);
    expect(await roomsOf(minsu)).toEqual([]);
  });

  it('is neither with oneself nor with people one cannot see', async () => {
    const [minsu, jiwoo] = await pair();
    expect((await call(minsu, 'PUT', `/v1/users/${minsu.userId}/room`)).body.code).toBe('target_is_own');
    await block(app, jiwoo, minsu);
    expect((await call(minsu, 'PUT', `/v1/users/${jiwoo.userId}/room`)).body.code).toBe('not_found');
    expect((await call(jiwoo, 'PUT', `/v1/users/${minsu.userId}/room`)).body.code).toBe('not_found');
    expect((await call(minsu, 'PUT', '/v1/users/42/room')).body.code).toBe('not_found');
  });

  it('does not exist for others', async () => {
    const [minsu, jiwoo] = await pair();
    const stranger = await signUpPerson(app);
    const roomId = await openRoom(minsu, jiwoo);
    await send(minsu, roomId, '우리끼리');
    const answers = await Promise.all([
      call(stranger, 'GET', `/v1/rooms/${roomId}`),
      call(stranger, 'GET', `/v1/rooms/${roomId}/messages`),
      call(stranger, 'POST', `/v1/rooms/${roomId}/messages`, { text: '저도' }),
      call(stranger, 'PUT', `/v1/rooms/${roomId}/read`, { sequence: 1 }),
      call(stranger, 'PUT', `/v1/rooms/${roomId}/mute`),
      call(stranger, 'DELETE', `/v1/rooms/${roomId}/mute`),
      call(stranger, 'DELETE', `/v1/rooms/${roomId}`),
    ]);
    expect(answers.map(({ body }) => body.code)).toEqual(answers.map(() => 'room_not_found'));
  });

  it('can be begun 20 times a day, and again the day after', async () => {
    const minsu = await signUpPerson(app);
    for (let index = 0; index < 20; index += 1) await openRoom(minsu, await signUpPerson(app));
    const late = await signUpPerson(app);
    const refused = await call(minsu, 'PUT', `/v1/users/${late.userId}/room`);
    expect(refused.body.code).toBe('rate_limited');
    app.clock.advance(86_400_000);
    await openRoom(minsu, late);
  });
});

describe('a message', () => {
  it('has the next sequence, and reaches every device of both at once', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    const first = await send(minsu, roomId, '안녕하세요', 'phone-1');
    expect(first.body).toMatchObject({
      roomId,
      sequence: 1,
      isMine: true,
      text: '안녕하세요',
      clientId: 'phone-1',
    });
    expect((await send(jiwoo, roomId, '네 안녕하세요')).body.sequence).toBe(2);
    expect(app.channels.framesTo(jiwoo.userId)).toMatchObject([
      { v: 1, type: 'message', message: { sequence: 1, isMine: false, clientId: null, text: '안녕하세요' } },
      { v: 1, type: 'message', message: { sequence: 2, isMine: true } },
    ]);
    expect(app.channels.framesTo(minsu.userId)).toMatchObject([
      { message: { sequence: 1, isMine: true, clientId: 'phone-1' } },
      { message: { sequence: 2, isMine: false } },
    ]);
  });

  it('sent again with the same key is the same one, also beyond a limit; with another text it is refused', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    const made = await Promise.all(Array.from({ length: 4 }, () => send(minsu, roomId, '한 번만', 'key-1')));
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    await send(minsu, roomId, '둘');
    await send(minsu, roomId, '셋');
    expect((await send(minsu, roomId, '한 번만', 'key-1')).body.id).toBe(made[0]?.body.id);
    expect((await send(minsu, roomId, '다른 말', 'key-1')).body.code).toBe('idempotency_key_reused');
    expect((await messagesOf(jiwoo, roomId)).items).toHaveLength(3);
  });

  it('sent by both at once by the dozen makes one log without gap or double', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    await send(minsu, roomId, '시작');
    await send(jiwoo, roomId, '시작');
    const sent = await Promise.all(
      Array.from({ length: 24 }, (_, index) => send(index % 2 ? minsu : jiwoo, roomId, `말 ${index}`)),
    );
    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 201));
    const { items } = await messagesOf(minsu, roomId, '?after=0&limit=100');
    expect(items.map(({ sequence }: AnyJson) => sequence)).toEqual(
      Array.from({ length: 26 }, (_, i) => i + 1),
    );
  });

  it('is text of 1 to 2,000 characters', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    expect((await send(minsu, roomId, '가'.repeat(2000))).status).toBe(201);
    for (const text of ['', '   ', '가'.repeat(2001)])
      expect((await send(minsu, roomId, text)).body.code).toBe('invalid_input');
  });

  it('costs no more than it may', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    const { cost } = await send(minsu, roomId, '얼마일까');
    expect(cost.sequentialRoundTrips).toBeLessThanOrEqual(8);
    expect(cost.statements).toBeLessThanOrEqual(10);
    const list = await call(minsu, 'GET', '/v1/rooms');
    expect(list.cost).toMatchObject({ statements: 1, sequentialRoundTrips: 2 });
    const log = await call(minsu, 'GET', `/v1/rooms/${roomId}/messages`);
    expect(log.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
  });

  it('is one of 30 a minute', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    await send(jiwoo, roomId, '네');
    for (let index = 0; index < 30; index += 1)
      expect((await send(minsu, roomId, `${index}`)).status).toBe(201);
    const refused = await send(minsu, roomId, '하나 더');
    expect(refused.body.code).toBe('rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    app.clock.advance(60_000);
    expect((await send(minsu, roomId, '하나 더')).status).toBe(201);
  });

  it('is the last after three to one who never answered', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    for (const text of ['하나', '둘', '셋']) expect((await send(minsu, roomId, text)).status).toBe(201);
    expect((await send(minsu, roomId, '넷')).body.code).toBe('message_unanswered');
    await send(jiwoo, roomId, '이제 봤어요');
    for (const text of ['넷', '다섯', '여섯', '일곱'])
      expect((await send(minsu, roomId, text)).status).toBe(201);
  });
});

describe('history', () => {
  it('goes both ways by sequence', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    await send(jiwoo, roomId, '1');
    for (let index = 2; index <= 7; index += 1) await send(minsu, roomId, String(index));
    const texts = (page: AnyJson) => page.items.map(({ text }: AnyJson) => text).join('');
    const missed = await messagesOf(jiwoo, roomId, '?after=2&limit=3');
    expect([texts(missed), missed.hasMore]).toEqual(['345', true]);
    expect(texts(await messagesOf(jiwoo, roomId, '?after=5&limit=3'))).toBe('67');
    const end = await messagesOf(jiwoo, roomId, '?limit=3');
    expect([texts(end), end.hasMore]).toEqual(['765', true]);
    const start = await messagesOf(jiwoo, roomId, '?before=4&limit=3');
    expect([texts(start), start.hasMore]).toEqual(['321', false]);
    const both = await call(jiwoo, 'GET', `/v1/rooms/${roomId}/messages?after=1&before=3`);
    expect(both.body.code).toBe('invalid_input');
  });
});

describe('reading', () => {
  it('counts down, never goes back, and is shown to both', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    await send(jiwoo, roomId, '하나');
    await send(jiwoo, roomId, '둘');
    await send(jiwoo, roomId, '셋');
    expect(await roomsOf(minsu)).toMatchObject([
      { unreadCount: 3, readSequence: 0, person: { id: jiwoo.userId } },
    ]);
    await call(minsu, 'PUT', `/v1/rooms/${roomId}/read`, { sequence: 2 });
    await call(minsu, 'PUT', `/v1/rooms/${roomId}/read`, { sequence: 1 });
    expect(await roomsOf(minsu)).toMatchObject([{ unreadCount: 1, readSequence: 2 }]);
    expect(await roomsOf(jiwoo)).toMatchObject([{ unreadCount: 0, theirReadSequence: 2 }]);
    await call(minsu, 'PUT', `/v1/rooms/${roomId}/read`, { sequence: 99 });
    expect(await roomsOf(minsu)).toMatchObject([{ unreadCount: 0, readSequence: 3 }]);
    const reads = (who: TestPerson) =>
      app.channels.framesTo(who.userId).filter(({ type }) => type === 'read');
    expect(reads(minsu)).toEqual([
      { v: 1, type: 'read', roomId, sequence: 2, by: 'me' },
      { v: 1, type: 'read', roomId, sequence: 3, by: 'me' },
    ]);
    expect(reads(jiwoo)).toMatchObject([
      { sequence: 2, by: 'them' },
      { sequence: 3, by: 'them' },
    ]);
  });
});

describe('the list of rooms', () => {
  it('has the newest first, pages, and hides a room one has left until something new comes', async () => {
    const minsu = await signUpPerson(app);
    const others = await Promise.all(Array.from({ length: 3 }, () => signUpPerson(app)));
    const roomIds: string[] = [];
    for (const other of others) {
      app.clock.advance(1000);
      const roomId = await openRoom(other, minsu);
      await send(other, roomId, '안녕하세요');
      roomIds.unshift(roomId);
    }
    const first = await call(minsu, 'GET', '/v1/rooms?limit=2');
    const second = await call(minsu, 'GET', `/v1/rooms?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map(({ id }) => id)).toEqual(roomIds);
    expect(second.body.nextCursor).toBeNull();
    await call(minsu, 'DELETE', `/v1/rooms/${roomIds[1]}`);
    expect((await roomsOf(minsu)).map(({ id }) => id)).toEqual([roomIds[0], roomIds[2]]);
    expect((await messagesOf(minsu, roomIds[1] ?? '')).items).toHaveLength(1);
    app.clock.advance(1000);
    await send(others[1] as TestPerson, roomIds[1] ?? '', '거기 계세요');
    expect(await roomsOf(minsu)).toMatchObject([{ id: roomIds[1], unreadCount: 1 }, {}, {}]);
  });
});

describe('after a block', () => {
  it('neither can send, both keep what was said, and neither learns why', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    await send(minsu, roomId, '전에 한 말');
    await block(app, jiwoo, minsu);
    const blocked = await send(minsu, roomId, '왜요');
    const blocker = await send(jiwoo, roomId, '그냥요');
    const gone = await pair();
    const goneRoom = await openRoom(...gone);
    await leave(app, gone[1]);
    const left = await send(gone[0], goneRoom, '거기요');
    const facts = ({ status, body }: Answer) => [status, body.code, body.title];
    expect(facts(blocked)).toEqual(facts(left));
    expect(facts(blocker)).toEqual(facts(left));
    expect(blocked.body.code).toBe('message_refused');
    for (const who of [minsu, jiwoo]) {
      expect(await roomsOf(who)).toMatchObject([{ id: roomId, person: null, theirReadSequence: null }]);
      expect((await messagesOf(who, roomId)).items).toHaveLength(1);
    }
    const before = app.channels.framesTo(minsu.userId).length;
    await call(jiwoo, 'PUT', `/v1/rooms/${roomId}/read`, { sequence: 1 });
    expect(app.channels.framesTo(minsu.userId)).toHaveLength(before);
  });
});

describe('a channel that does not answer', () => {
  it('loses nothing: the message stands, and goes out when the reaction runs again', async () => {
    const [minsu, jiwoo] = await pair();
    const roomId = await openRoom(minsu, jiwoo);
    app.channels.setBroken(true);
    expect((await send(minsu, roomId, '들리나요')).status).toBe(201);
    expect(app.channels.framesTo(jiwoo.userId)).toEqual([]);
    app.channels.setBroken(false);
    app.clock.advance(60_000);
    await app.tick();
    expect(app.channels.framesTo(jiwoo.userId)).toMatchObject([{ message: { text: '들리나요' } }]);
  });
});
