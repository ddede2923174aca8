/** The gateway through @upstash/redis as Workers load it, and through plain HTTP where the wire matters. */
import { Redis } from '@upstash/redis/cloudflare';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { startUpstashGateway, type UpstashGateway } from './gateway.ts';

const FIRST = 41;
const SECOND = 42;

let gateway: UpstashGateway;
let redis: Redis;

beforeAll(async () => {
  gateway = await startUpstashGateway({ redis: inject('redis'), token: 'secret' });
  redis = connect(FIRST);
});

beforeEach(async () => {
  await control('flush', { database: FIRST });
  await control('flush', { database: SECOND });
});

afterAll(async () => {
  await gateway.close();
});

function connect(database: number, options: { automaticDeserialization?: boolean } = {}): Redis {
  return new Redis({
    url: gateway.url,
    token: gateway.token(database),
    enableAutoPipelining: false,
    ...options,
  });
}

async function control(name: string, body?: object, method = 'POST'): Promise<unknown> {
  const response = await fetch(`${gateway.url}/_control/${name}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

type Ask = { method?: string; token?: string; headers?: Record<string, string>; body?: BodyInit | object };

async function ask(
  path: string,
  { method = 'POST', token = gateway.token(FIRST), headers = {}, body }: Ask = {},
) {
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(gateway.url + path, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && { body: isRaw ? (body as BodyInit) : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown };
}

describe('the official client', () => {
  test('strings, expiry, counters', async () => {
    expect(await redis.set('a', '값 👍', { ex: 100 })).toBe('OK');
    expect(await redis.get('a')).toBe('값 👍');
    expect(await redis.ttl('a')).toBeGreaterThan(90);
    expect(await redis.set('a', 'x', { nx: true })).toBeNull();
    expect(await redis.incr('n')).toBe(1);
    expect(await redis.incrby('n', 9)).toBe(10);
    expect(await redis.mget('a', 'none', 'n')).toEqual(['값 👍', null, 10]);
    expect(await redis.del('a', 'none')).toBe(1);
    expect(await redis.exists('a')).toBe(0);
    expect(await redis.type('n')).toBe('string');
    expect(await redis.ping()).toBe('PONG');
  });

  test('the string OK is not the status OK', async () => {
    await redis.set('ok', 'OK');
    expect(await redis.get('ok')).toBe('OK');
    expect(await redis.mget('ok', 'ok')).toEqual(['OK', 'OK']);
  });

  test('hashes, sets, lists, sorted sets, streams', async () => {
    expect(await redis.hset('h', { name: '김', age: 20 })).toBe(2);
    expect(await redis.hgetall('h')).toEqual({ name: '김', age: 20 });
    expect(await redis.hincrby('h', 'age', 1)).toBe(21);
    expect(await redis.hgetall('none')).toBeNull();
    expect(await redis.sadd('s', 'a', 'b')).toBe(2);
    expect(await redis.smismember('s', ['a', 'c'])).toEqual([1, 0]);
    expect(await redis.lpush('l', 'a', 'b', 'c')).toBe(3);
    expect(await redis.ltrim('l', 0, 1)).toBe('OK');
    expect(await redis.lrange('l', 0, -1)).toEqual(['c', 'b']);
    await redis.zadd('z', { score: 1.5, member: 'a' }, { score: 2, member: 'b' });
    expect(await redis.zrange('z', 0, -1, { rev: true, withScores: true })).toEqual(['b', 2, 'a', 1.5]);
    expect(await redis.zscore('z', 'a')).toBe(1.5);
    expect(await redis.zremrangebyrank('z', 0, 0)).toBe(1);
    const id = await redis.xadd('x', '*', { field: 'value' });
    expect(await redis.xrange('x', '-', '+')).toEqual({ [id]: { field: 'value' } });
    const [cursor, keys] = await redis.scan(0, { count: 1000 });
    expect(cursor).toBe('0');
    expect(keys.toSorted()).toEqual(['h', 'l', 's', 'x', 'z']);
  });

  test('values are JSON unless the client is told not to', async () => {
    await redis.set('json', { a: [1, 'é'] });
    expect(await redis.get('json')).toEqual({ a: [1, 'é'] });
    const plain = connect(FIRST, { automaticDeserialization: false });
    expect(await plain.get('json')).toBe('{"a":[1,"é"]}');
    await plain.set('id', '12345678901234567890');
    expect(await plain.get('id')).toBe('12345678901234567890');
  });

  test('a pipeline answers in order, errors in their place; a transaction too', async () => {
    const pipeline = redis.pipeline().set('a', 'text').incr('a').get('a');
    await expect(pipeline.exec()).rejects.toThrow('Command 2 [ incr ] failed: ERR value is not an integer');
    const answers = await redis.pipeline().set('a', 'text').incr('a').get('a').exec({ keepErrors: true });
    expect(answers).toMatchObject([
      { result: 'OK' },
      { error: expect.stringContaining('not an integer') },
      { result: 'text' },
    ]);
    expect(await redis.multi().set('n', 1).incr('n').get('n').exec()).toEqual(['OK', 2, 2]);
    await expect(redis.multi().set('a', 'b').incr('a').exec()).rejects.toThrow('not an integer');
    expect(await redis.get('a')).toBe('b');
  });

  test('scripts by text and by hash', async () => {
    expect(await redis.eval('return {KEYS[1], tonumber(ARGV[1]) + 1, false}', ['k'], ['41'])).toEqual([
      'k',
      42,
      null,
    ]);
    expect(await redis.eval('return redis.status_reply("OK")', [], [])).toBe('OK');
    const script = redis.createScript<number>("return redis.call('INCR', KEYS[1])");
    expect(await script.exec(['n'], [])).toBe(1);
    expect(await script.exec(['n'], [])).toBe(2);
    await expect(redis.evalsha('0'.repeat(40), [], [])).rejects.toThrow('NOSCRIPT');
  });

  test('commands of one tick travel in one request when auto-pipelining is on', async () => {
    await control('commands/reset');
    const automatic = new Redis({ url: gateway.url, token: gateway.token(FIRST) });
    expect(await Promise.all([automatic.incr('n'), automatic.incr('n'), automatic.incr('n')])).toEqual([
      1, 2, 3,
    ]);
    expect(await control('commands', undefined, 'GET')).toEqual({ requests: 1, commands: 3 });
  });

  test('errors and strangers', async () => {
    await redis.hset('h', { a: 1 });
    await expect(redis.incr('h')).rejects.toThrow(
      'WRONGTYPE Operation against a key holding the wrong kind of value, command was: ["incr","h"]',
    );
    for (const token of ['wrong', 'secret.', 'secret.x', 'secret.-1', 'secret1']) {
      await expect(new Redis({ url: gateway.url, token }).get('a')).rejects.toThrow('Unauthorized');
    }
  });

  test('each token has a database of its own', async () => {
    const other = connect(SECOND);
    await redis.set('a', 'first');
    await other.set('a', 'second');
    expect([await redis.get('a'), await other.get('a')]).toEqual(['first', 'second']);
    await other.flushall();
    expect([await redis.get('a'), await other.get('a')]).toEqual(['first', null]);
    await control('flush', { database: FIRST });
    expect(await redis.dbsize()).toBe(0);
  });
});

describe('the wire', () => {
  const base64 = { headers: { 'upstash-encoding': 'base64' } };

  function encode(text: string): string {
    return Buffer.from(text).toString('base64');
  }

  test('one command: strings plain, or in base64 on demand, the status OK never', async () => {
    expect(await ask('/', { body: ['SET', 'a', '한'] })).toMatchObject({
      status: 200,
      body: { result: 'OK' },
    });
    expect((await ask('/', { body: ['GET', 'a'] })).body).toEqual({ result: '한' });
    expect((await ask('/', { ...base64, body: ['GET', 'a'] })).body).toEqual({ result: encode('한') });
    expect((await ask('/', { ...base64, body: ['SET', 'a', 'OK'] })).body).toEqual({ result: 'OK' });
    expect((await ask('/', { ...base64, body: ['GET', 'a'] })).body).toEqual({ result: encode('OK') });
    expect((await ask('/', { ...base64, body: ['MGET', 'a', 'none'] })).body).toEqual({
      result: [encode('OK'), null],
    });
    expect((await ask('/', { ...base64, body: ['PING'] })).body).toEqual({ result: encode('PONG') });
    expect((await ask('/', { ...base64, body: ['EVAL', "return {{'OK'}, 1}", 0] })).body).toEqual({
      result: [[encode('OK')], 1],
    });
    const response = await ask('/', { body: ['STRLEN', 'a'] });
    expect(response.body).toEqual({ result: 2 });
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('upstash-sync-token')).toBeTruthy();
  });

  test('integers travel whole, arguments may be numbers and booleans', async () => {
    await ask('/', { body: ['SET', 'n', '9223372036854775806'] });
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.token(FIRST)}` },
      body: '["INCR","n"]',
    });
    expect(await response.text()).toBe('{"result":9223372036854775807}');
    expect((await ask('/', { body: ['RPUSH', 'l', 1.5, true, 'x'] })).body).toEqual({ result: 3 });
    expect((await ask('/', { body: ['LRANGE', 'l', 0, -1] })).body).toEqual({ result: ['1.5', 'true', 'x'] });
  });

  test('binary values: in by the body, out by base64, damaged otherwise', async () => {
    const bytes = new Uint8Array([0, 255, 13, 10, 128]);
    expect((await ask('/set/binary?EX=100', { body: bytes })).body).toEqual({ result: 'OK' });
    expect((await ask('/get/binary', { ...base64, method: 'GET' })).body).toEqual({
      result: Buffer.from(bytes).toString('base64'),
    });
    expect((await ask('/get/binary')).body).toEqual({ result: Buffer.from(bytes).toString('utf8') });
    expect((await ask('/ttl/binary')).body).toEqual({ result: 100 });
  });

  test('the path form, percent-encoding, the token in the query', async () => {
    expect((await ask('/set/a%2Fb/c%20d', { method: 'PUT' })).body).toEqual({ result: 'OK' });
    expect((await ask('/', { body: ['GET', 'a/b'] })).body).toEqual({ result: 'c d' });
    const open = await ask(`/get/a%2Fb?_token=${gateway.token(FIRST)}`, { method: 'GET', token: '' });
    expect(open).toMatchObject({ status: 200, body: { result: 'c d' } });
    expect((await ask('/get/%ff')).status).toBe(400);
  });

  test('a pipeline is 200 whatever happens inside; a transaction is 400 when discarded as a whole', async () => {
    const commands = [['SET', 'a', 'x'], ['NOPE'], ['INCR', 'a'], ['BLPOP', 'a', 0]];
    expect(await ask('/pipeline', { ...base64, body: commands })).toMatchObject({
      status: 200,
      body: [
        { result: 'OK' },
        { error: expect.stringMatching(/^ERR unknown command/) },
        { error: 'ERR value is not an integer or out of range' },
        { error: "ERR Command is not available: 'BLPOP'" },
      ],
    });
    expect(
      await ask('/multi-exec', {
        ...base64,
        body: [
          ['SET', 'a', 'y'],
          ['INCR', 'a'],
          ['GET', 'a'],
        ],
      }),
    ).toMatchObject({
      status: 200,
      body: [
        { result: 'OK' },
        { error: 'ERR value is not an integer or out of range' },
        { result: encode('y') },
      ],
    });
    for (const bad of [['NOPE'], ['GET'], ['BLPOP', 'a', 0], []]) {
      const discarded = await ask('/multi-exec', { body: [['SET', 'a', 'z'], bad] });
      expect(discarded).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^ERR /) } });
    }
    expect((await ask('/', { body: ['GET', 'a'] })).body).toEqual({ result: 'y' });
  });

  test.each([
    'AUTH x',
    'SELECT 1',
    'HELLO 3',
    'CLIENT LIST',
    'SUBSCRIBE c',
    'MONITOR',
    'MULTI',
    'WATCH a',
    'BLPOP a 0',
    'bzpopmin a 0',
    'BLMOVE a b LEFT LEFT 0',
    'WAIT 0 0',
    'XREAD BLOCK 0 STREAMS a $',
    'XREADGROUP GROUP g c BLOCK 0 STREAMS a >',
    'CONFIG SET maxmemory 1',
    'SHUTDOWN',
    'DEBUG SLEEP 1',
    'MOVE a 2',
    'SWAPDB 0 1',
  ])('refused: %s', async (line) => {
    const name = line.split(' ')[0]!.toUpperCase();
    expect(await ask('/', { body: line.split(' ') })).toMatchObject({
      status: 400,
      body: { error: `ERR Command is not available: '${name}'` },
    });
  });

  test('reading a stream that is called block', async () => {
    expect((await ask('/', { body: ['XREAD', 'COUNT', 1, 'STREAMS', 'block', '0'] })).status).toBe(200);
  });

  test.each([
    ['/', 'not json', 400],
    ['/', '{"a":1}', 400],
    ['/', '[]', 400],
    ['/', '["SET","a",{"b":1}]', 400],
    ['/', '["SET","a",null]', 400],
    ['/pipeline', '["GET","a"]', 200],
    ['/pipeline', '[]', 400],
    ['/pipeline', '{}', 400],
    ['/multi-exec', 'x', 400],
  ])('POST %s %s is %i', async (path, body, status) => {
    const response = await ask(path, { body });
    expect(response.status).toBe(status);
    expect(JSON.stringify(response.body)).toContain('"error":"ERR');
  });

  test('who may come in, and how', async () => {
    expect(await ask('/', { token: '', body: ['PING'] })).toMatchObject({
      status: 401,
      body: { error: 'Unauthorized' },
    });
    expect(await ask('/pipeline', { token: 'no', body: [['PING']] })).toMatchObject({ status: 401 });
    expect((await ask('/get/a', { method: 'DELETE' })).status).toBe(405);
    expect((await ask('/', { token: 'secret', body: ['PING'] })).body).toEqual({ result: 'PONG' });
  });

  test('a request beyond 10 MB', async () => {
    const { status, body } = await ask('/set/a', { body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect(status).toBe(400);
    expect(body).toEqual({
      error: 'ERR max request size exceeded. Limit: 10485760 bytes, Actual: 10485761 bytes',
    });
  });
});

describe('faults', () => {
  test('an error or a cut line, before and after the work', async () => {
    const impatient = new Redis({ url: gateway.url, token: gateway.token(FIRST), retry: { retries: 0 } });
    await control('faults', { mode: 'error', count: 1, match: '"n"' });
    await expect(impatient.incr('n')).rejects.toThrow();
    expect(await redis.get('n')).toBeNull();
    await control('faults', { mode: 'error', count: 1, when: 'after' });
    await expect(impatient.incr('n')).rejects.toThrow();
    expect(await redis.get('n')).toBe(1);
    await control('faults', { mode: 'drop', count: 1 });
    await expect(impatient.incr('n')).rejects.toThrow('fetch failed');
    await control('faults', { mode: 'drop', count: 1, when: 'after' });
    await expect(impatient.incr('n')).rejects.toThrow('fetch failed');
    expect(await redis.get('n')).toBe(2);
  });

  test('a delay and an added latency hold the answer back', async () => {
    async function measure(): Promise<number> {
      const started = performance.now();
      await redis.ping();
      return performance.now() - started;
    }
    await control('faults', { mode: 'delay', delayMs: 80, count: 1 });
    expect(await measure()).toBeGreaterThanOrEqual(79);
    await control('latency', { ms: 60 });
    expect(await measure()).toBeGreaterThanOrEqual(59);
    await control('latency', { ms: 0 });
  });
});
