import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBench, TEST_KEYS, TEST_TOKEN, type Bench } from './test-bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

function publish(body: number, more: { delay?: number; retries?: number } = {}) {
  return bench.client.publishJSON({ url: `${bench.app.url}/job`, body, ...more });
}

async function rotateKeys(): Promise<{ current: string; next: string }> {
  const response = await fetch(`${bench.qstash.url}/v2/keys/rotate?qstash_token=${TEST_TOKEN}`, {
    method: 'POST',
  });
  return (await response.json()) as { current: string; next: string };
}

test('moving the clock delivers all that becomes due, in due order and each at its time', async () => {
  bench.app.answer(500, 200);
  await publish(1, { delay: 30 });
  await publish(2, { delay: 10 });
  await publish(3, { delay: 20 });
  await bench.advance(60_000);
  expect(bench.app.bodies()).toEqual(['2', '3', '2', '1']);
  const deliveries = await bench.deliveries();
  const seconds = deliveries.flatMap((delivery) =>
    delivery.attempts.map((attempt) => (attempt.startedAt - delivery.createdAt) / 1000),
  );
  expect(seconds).toEqual([30, 10, 22, 20]);
});

test('the clock does not go back, and runs by itself unless it is stopped', async () => {
  const { now } = await bench.control('clock', { advanceMs: 1000 });
  await expect(bench.control('clock', { now: now - 1 })).rejects.toThrow('forward');
  expect((await bench.control('idle')).now).toBe(now);
  await publish(1, { delay: 1 });
  await bench.advance(995);
  expect(bench.app.calls).toEqual([]);
  await bench.control('clock', { frozen: false });
  await bench.app.waitForCalls(1);
});

test('run-due delivers what is due and reports what is left', async () => {
  await bench.control('switches', { hold: true });
  await publish(1);
  await publish(2, { delay: 60 });
  await bench.control('switches', { hold: false });
  expect(await bench.control('run-due', {})).toMatchObject({ idle: true, inFlight: 0, due: 0, later: 1 });
  expect(bench.app.bodies()).toEqual(['1']);
  const { messages } = await bench.control<{ messages: object[] }>('messages');
  expect(messages).toMatchObject([{ body: '2', retried: 0, inFlight: false }]);
});

test('idle tells when something is still under way', async () => {
  bench.app.answer(() => {});
  await publish(1);
  await bench.app.waitForCalls(1);
  expect(await bench.control('idle?wait=10')).toMatchObject({ idle: false, inFlight: 1 });
});

test('reset forgets messages, schedules, dead letters, switches and what is under way', async () => {
  bench.app.answer(() => {});
  await publish(1);
  await bench.app.waitForCalls(1);
  await publish(2, { delay: 60 });
  await bench.client.schedules.create({ destination: bench.app.url, cron: '* * * * *' });
  await bench.control('switches', { drop: 3 });
  await rotateKeys();
  await bench.control('reset', {});
  expect(await bench.control('idle')).toMatchObject({ idle: true, due: 0, later: 0, frozen: false });
  expect(await bench.client.schedules.list()).toEqual([]);
  expect(await bench.deliveries()).toEqual([]);
  bench.app.answer(200);
  await publish(3);
  await bench.idle();
  expect(bench.app.bodies()).toEqual(['1', '3']);
  const first = { current: TEST_KEYS.current, next: TEST_KEYS.current };
  expect(await bench.app.verify(bench.app.calls[1]!, first)).toBe(true);
});
