import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBench, type Bench } from './test-bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

/** Seconds between publishing and each attempt. */
async function attemptTimes(): Promise<number[]> {
  const [delivery] = await bench.deliveries();
  return delivery!.attempts.map((attempt) => (attempt.startedAt - delivery!.createdAt) / 1000);
}

test('retries with the documented back-off, then goes to the dead letters', async () => {
  const { app, client } = bench;
  app.answer((response) => response.writeHead(500, { 'X-Why': 'broken' }).end('sorry'));
  const { messageId } = await client.publishJSON({ url: `${app.url}/fails`, body: { a: 1 }, retries: 5 });
  await bench.advance(3 * 86_400_000);
  expect(await attemptTimes()).toEqual([0, 12, 160, 1968, 23_994, 110_394]);
  expect(app.calls.map((call) => call.headers['upstash-retried'])).toEqual(['0', '1', '2', '3', '4', '5']);
  expect(new Set(app.calls.map((call) => call.headers['upstash-message-id']))).toEqual(new Set([messageId]));
  const { messages } = await client.dlq.listMessages();
  expect(messages).toMatchObject([
    {
      messageId,
      url: `${app.url}/fails`,
      body: '{"a":1}',
      maxRetries: 5,
      responseStatus: 500,
      responseBody: 'sorry',
      responseHeader: { 'X-Why': ['broken'] },
    },
  ]);
  await expect(client.messages.get(messageId)).rejects.toMatchObject({ status: 404 });
});

test('makes three retries unless told otherwise', async () => {
  bench.app.answer(500);
  await bench.client.publishJSON({ url: bench.app.url, body: 1 });
  await bench.client.publishJSON({ url: bench.app.url, body: 2, retries: 0 });
  await bench.advance(86_400_000);
  expect(bench.app.bodies().filter((body) => body === '1')).toHaveLength(4);
  expect(bench.app.bodies().filter((body) => body === '2')).toHaveLength(1);
});

test('uses the message’s own retry-delay expression', async () => {
  bench.app.answer(500);
  await bench.client.publishJSON({
    url: bench.app.url,
    body: 1,
    retries: 3,
    retryDelay: 'max(2000, pow(3, retried) * 1000)',
  });
  await bench.advance(60_000);
  expect(await attemptTimes()).toEqual([0, 2, 5, 14]);
});

test('comes back when the response says, and stops once it succeeds', async () => {
  bench.app.answer(
    (response) => response.writeHead(429, { 'Retry-After': '90' }).end(),
    (response) => response.writeHead(503, { 'X-RateLimit-Reset': '1m30s' }).end(),
    200,
  );
  await bench.client.publishJSON({ url: bench.app.url, body: 1 });
  await bench.advance(600_000);
  expect(await attemptTimes()).toEqual([0, 90, 180]);
  expect((await bench.deliveries())[0]!.state).toBe('delivered');
});

test('a poisoned message answered 489 goes to the dead letters without a retry', async () => {
  bench.app.answer((response) =>
    response.writeHead(489, { 'Upstash-NonRetryable-Error': 'true' }).end('bad payload'),
  );
  await bench.client.publishJSON({ url: bench.app.url, body: 1 });
  await bench.advance(86_400_000);
  expect(bench.app.calls).toHaveLength(1);
  expect((await bench.client.dlq.listMessages()).messages).toMatchObject([{ responseStatus: 489 }]);
});

test('retries a destination that is not there, and one that hangs up', async () => {
  await bench.client.publishJSON({ url: 'http://127.0.0.1:1/nobody', body: 1, retries: 1 });
  bench.app.answer((response) => response.destroy(), 200);
  await bench.client.publishJSON({ url: bench.app.url, body: 2, retries: 1 });
  await bench.advance(12_000);
  const [absent, hungUp] = await bench.deliveries();
  expect(absent!.attempts.map((attempt) => attempt.status)).toEqual([0, 0]);
  expect(absent!.attempts[0]!.error).toContain('ECONNREFUSED');
  expect(absent!.state).toBe('failed');
  expect(hungUp!.attempts.map((attempt) => attempt.status)).toEqual([0, 200]);
});

test('does not follow redirects', async () => {
  bench.app.answer((response) => response.writeHead(307, { Location: '/elsewhere' }).end());
  await bench.client.publishJSON({ url: `${bench.app.url}/here`, body: 1, retries: 0 });
  await bench.idle();
  expect(bench.app.calls.map((call) => call.path)).toEqual(['/here']);
  expect((await bench.deliveries())[0]!.state).toBe('failed');
});

test('times out a destination that does not answer, and retries it', async () => {
  bench.app.answer(() => {}, 200);
  await bench.client.publishJSON({ url: bench.app.url, body: 1, timeout: 30 });
  await bench.app.waitForCalls(1);
  await bench.control('clock', { advanceMs: 29_999, patienceMs: 0 });
  expect((await bench.control('idle')).inFlight).toBe(1);
  await bench.control('clock', { advanceMs: 1, patienceMs: 0 });
  expect((await bench.idle()).idle).toBe(true);
  await bench.advance(12_000);
  const [delivery] = await bench.deliveries();
  expect(delivery!.attempts).toMatchObject([{ status: 0, error: 'timed out' }, { status: 200 }]);
});

test('a message cancelled while it is under way is not retried', async () => {
  let release: (() => void) | undefined;
  bench.app.answer((response) => {
    release = () => response.writeHead(500).end();
  });
  const { messageId } = await bench.client.publishJSON({ url: bench.app.url, body: 1 });
  await bench.app.waitForCalls(1);
  await bench.client.messages.cancel(messageId);
  release!();
  await bench.advance(86_400_000);
  expect(bench.app.calls).toHaveLength(1);
  expect((await bench.deliveries())[0]!.state).toBe('cancelled');
  expect((await bench.client.dlq.listMessages()).messages).toEqual([]);
});
