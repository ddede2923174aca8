import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBench, TEST_TOKEN, type Bench } from './test-bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

test('delivers a JSON message with its query, headers, ids and a signature the official receiver accepts', async () => {
  const { app, client } = bench;
  const { messageId } = await client.publishJSON({
    url: `${app.url}/jobs/welcome?run=1`,
    body: { userId: '42', name: '민지' },
    headers: { 'X-Request-Id': 'r-1', Authorization: 'Bearer inner' },
  });
  await bench.idle();
  const [call] = app.calls;
  expect(call).toMatchObject({
    method: 'POST',
    path: '/jobs/welcome?run=1',
    body: '{"userId":"42","name":"민지"}',
    headers: {
      'user-agent': 'Upstash-QStash',
      'content-type': 'application/json',
      'x-request-id': 'r-1',
      authorization: 'Bearer inner',
      'upstash-message-id': messageId,
      'upstash-retried': '0',
    },
  });
  expect(messageId).toMatch(/^msg_/);
  expect(await app.verify(call!)).toBe(true);
});

test('sends raw bodies, other methods and empty bodies as they are', async () => {
  const { app, client } = bench;
  await client.publish({ url: `${app.url}/raw`, body: 'plain text', method: 'PUT' });
  await bench.idle();
  await client.publish({ url: `${app.url}/get`, method: 'GET' });
  await bench.idle();
  expect(app.calls.map(({ method, path, body }) => [method, path, body])).toEqual([
    ['PUT', '/raw', 'plain text'],
    ['GET', '/get', ''],
  ]);
  expect(app.calls[0]!.headers['content-type']).toBe('text/plain;charset=UTF-8');
  expect(await app.verify(app.calls[1]!)).toBe(true);
});

test('holds a delayed message until its time, by delay or not-before', async () => {
  const { app, client, advance, now } = bench;
  await client.publishJSON({ url: `${app.url}/delay`, body: 1, delay: '1m' });
  const notBefore = Math.floor((await now()) / 1000) + 120;
  await client.publishJSON({ url: `${app.url}/not-before`, body: 2, notBefore, delay: 1 });
  await advance(59_000);
  expect(app.calls).toEqual([]);
  await advance(1_000);
  expect(app.bodies()).toEqual(['1']);
  await advance(60_000);
  expect(app.bodies()).toEqual(['1', '2']);
});

test('a batch answers for each entry, and takes none when one is wrong', async () => {
  const { app, client } = bench;
  const responses = await client.batchJSON([
    { url: `${app.url}/a`, body: { n: 1 } },
    { url: `${app.url}/b`, body: { n: 2 }, headers: { 'X-Kind': 'b' }, delay: 60 },
  ]);
  expect(responses).toHaveLength(2);
  await bench.advance(60_000);
  expect(app.calls.map(({ path, body, headers }) => [path, body, headers['x-kind']])).toEqual([
    ['/a', '{"n":1}', undefined],
    ['/b', '{"n":2}', 'b'],
  ]);
  await expect(
    client.batchJSON([
      { url: `${app.url}/c`, body: 3 },
      { url: 'https://example.com/d', body: 4 },
    ]),
  ).rejects.toMatchObject({ status: 400 });
  await bench.idle();
  expect(app.calls).toHaveLength(2);
});

test('deduplicates by id for ten minutes', async () => {
  const { app, client } = bench;
  const request = { url: `${app.url}/once`, body: 1, deduplicationId: 'order-7' };
  const first = await client.publishJSON(request);
  const second = await client.publishJSON({ ...request, body: 2 });
  expect(second).toEqual({ messageId: first.messageId, deduplicated: true });
  const raw = await fetch(`${bench.qstash.url}/v2/publish/${app.url}/once`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_TOKEN}`, 'upstash-deduplication-id': 'order-7' },
  });
  expect(raw.status).toBe(202);
  await bench.advance(600_000 - 1);
  expect(await client.publishJSON(request)).toMatchObject({ deduplicated: true });
  await bench.advance(1);
  const later = await client.publishJSON(request);
  expect(later.messageId).not.toBe(first.messageId);
  await bench.idle();
  expect(app.calls).toHaveLength(2);
});

test('deduplicates by content: destination, body, content type and forwarded headers', async () => {
  const { app, client } = bench;
  const request = { url: `${app.url}/same`, body: { a: 1 }, contentBasedDeduplication: true };
  await client.publishJSON(request);
  expect(await client.publishJSON(request)).toMatchObject({ deduplicated: true });
  expect(await client.publishJSON({ ...request, body: { a: 2 } })).not.toHaveProperty('deduplicated');
  expect(await client.publishJSON({ ...request, url: `${app.url}/other` })).not.toHaveProperty(
    'deduplicated',
  );
  expect(await client.publishJSON({ ...request, headers: { 'X-A': '1' } })).not.toHaveProperty(
    'deduplicated',
  );
});

test('publishes to every endpoint of a URL group', async () => {
  const { app, client } = bench;
  await client.urlGroups.addEndpoints({
    name: 'mirrors',
    endpoints: [{ url: `${app.url}/one`, name: 'first' }, { url: `${app.url}/two` }],
  });
  const responses = await client.publishJSON({ urlGroup: 'mirrors', body: 1 });
  expect(responses).toMatchObject([{ url: `${app.url}/one` }, { url: `${app.url}/two` }]);
  await bench.idle();
  expect(app.calls.map((call) => call.path).toSorted()).toEqual(['/one', '/two']);
  expect(app.calls[0]!.headers['upstash-topic-name']).toBe('mirrors');
  expect(await client.urlGroups.list()).toMatchObject([
    { name: 'mirrors', endpoints: [{ name: 'first' }, {}] },
  ]);
  await client.urlGroups.removeEndpoints({ name: 'mirrors', endpoints: [{ name: 'first' }] });
  expect((await client.urlGroups.get('mirrors')).endpoints).toEqual([{ url: `${app.url}/two` }]);
  await client.urlGroups.delete('mirrors');
  await expect(client.publishJSON({ urlGroup: 'mirrors', body: 1 })).rejects.toMatchObject({ status: 404 });
});

test('shows, cancels and filters messages that are not through yet', async () => {
  const { app, client } = bench;
  const url = `${app.url}/later`;
  const { messageId } = await client.publishJSON({
    url,
    body: { secret: 1 },
    delay: 60,
    label: ['mail', 'ko'],
    redact: { body: true },
  });
  const message = await client.messages.get(messageId);
  expect(message).toMatchObject({ messageId, url, method: 'POST', maxRetries: 3, labels: ['mail', 'ko'] });
  expect(message.header).toEqual({ 'Content-Type': ['application/json'] });
  expect(message.body).toMatch(/^REDACTED:[0-9a-f]{64}$/);
  await client.publishJSON({ url, body: 2, delay: 60, label: 'push' });
  await client.publishJSON({ url, body: 3, delay: 60 });
  expect(await client.messages.cancel({ filter: { label: ['push', 'none'] } })).toEqual({ cancelled: 1 });
  await client.messages.delete(messageId);
  await expect(client.messages.get(messageId)).rejects.toMatchObject({ status: 404 });
  await bench.advance(60_000);
  expect(app.bodies()).toEqual(['3']);
  expect((await bench.deliveries()).map((delivery) => delivery.state)).toEqual([
    'cancelled',
    'cancelled',
    'delivered',
  ]);
});

test('tells the life of a message in its logs', async () => {
  const { app, client } = bench;
  app.answer(500, 200);
  const { messageId } = await client.publishJSON({ url: app.url, body: 1, retries: 1, label: 'x' });
  await bench.idle();
  await bench.advance(12_000);
  const { logs } = await client.logs({ messageIds: [messageId] });
  expect(logs.map((log) => log.state).toReversed()).toEqual([
    'CREATED',
    'ACTIVE',
    'ERROR',
    'RETRY',
    'ACTIVE',
    'DELIVERED',
  ]);
  expect((await client.logs({ filter: { state: 'RETRY', label: 'x' } })).logs).toHaveLength(1);
  const first = await client.logs({ count: 4 });
  const rest = await client.logs({ count: 4, cursor: first.cursor! });
  expect([first.logs.length, rest.logs.length, rest.cursor]).toEqual([4, 2, undefined]);
});

test.each([
  ['a public destination', { url: 'https://example.com/x' }, /loopback/],
  ['a private address', { url: 'http://10.0.0.1/x' }, /loopback/],
  ['a name that only looks local', { url: 'http://127.0.0.1.example.com/' }, /loopback/],
  ['another scheme', { url: 'ftp://127.0.0.1/x' }, /http or https/],
  ['a public callback', { callback: 'https://example.com/cb' }, /Upstash-Callback/],
  ['a broken delay', { delay: '5 minutes' as '5m' }, /Upstash-Delay/],
  ['a delay beyond a year', { delay: '400d' as const }, /Upstash-Delay/],
  ['a broken retry delay', { retryDelay: 'pow(2' }, /Upstash-Retry-Delay/],
])('refuses %s with 400', async (_name, request, message) => {
  const publishing = bench.client.publishJSON({ url: `${bench.app.url}/x`, body: 1, ...request });
  await expect(publishing).rejects.toMatchObject({
    status: 400,
    message: expect.stringMatching(message) as string,
  });
  await bench.idle();
  expect(bench.app.calls).toEqual([]);
});

test('refuses a wrong token, an unknown path and a body too large', async () => {
  const publish = `${bench.qstash.url}/v2/publish/${bench.app.url}/x`;
  const wrong = await fetch(publish, { method: 'POST', headers: { authorization: 'Bearer other' } });
  expect(wrong.status).toBe(401);
  expect(await wrong.json()).toHaveProperty('error');
  const authorization = `Bearer ${TEST_TOKEN}`;
  expect((await fetch(`${bench.qstash.url}/v2/nothing`, { headers: { authorization } })).status).toBe(404);
  const body = 'x'.repeat(10 * 1024 * 1024 + 1);
  expect((await fetch(publish, { method: 'POST', headers: { authorization }, body })).status).toBe(413);
  const byQuery = await fetch(`${bench.qstash.url}/v2/keys?qstash_token=${TEST_TOKEN}`);
  expect(byQuery.status).toBe(200);
});
