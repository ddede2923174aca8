import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBench, type Bench } from './test-bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

function publish(body: number, more: { delay?: number; retries?: number } = {}) {
  return bench.client.publishJSON({ url: `${bench.app.url}/job`, body, ...more });
}

test('duplicate: the same message several times at once', async () => {
  await bench.control('switches', { duplicate: 2 });
  await publish(1);
  await bench.idle();
  expect(bench.app.bodies()).toEqual(['1', '1', '1']);
  expect(new Set(bench.app.calls.map((call) => call.headers['upstash-message-id'])).size).toBe(1);
  for (const call of bench.app.calls) expect(await bench.app.verify(call)).toBe(true);
  const [delivery] = await bench.deliveries();
  expect(delivery!.attempts.map((attempt) => attempt.isDuplicate)).toEqual([false, true, true]);
});

test('drop: lost on the way, then retried as unanswered', async () => {
  await bench.control('switches', { drop: 1 });
  await publish(1);
  await bench.idle();
  expect(bench.app.calls).toEqual([]);
  await bench.advance(12_000);
  expect(bench.app.calls[0]!.headers['upstash-retried']).toBe('1');
  expect((await bench.deliveries())[0]!.attempts.map((attempt) => attempt.status)).toEqual([0, 200]);
});

test('hold and reorder: what was held starts in reverse', async () => {
  await bench.control('switches', { hold: true, reorder: true });
  const answered: string[] = [];
  bench.app.answer((response, call) => {
    answered.push(call.body);
    response.writeHead(200).end();
  });
  for (const body of [1, 2, 3]) await publish(body);
  expect(await bench.idle()).toMatchObject({ idle: true, due: 3 });
  await bench.advance(60_000);
  expect(answered).toEqual([]);
  await bench.control('switches', { hold: false });
  await bench.idle();
  const starts = (await bench.deliveries()).map((delivery) => delivery.attempts[0]!.startedAt);
  expect(new Set(starts).size).toBe(1);
  expect(answered.toSorted()).toEqual(['1', '2', '3']);
});

test('reorder turns around what is due at the same moment', async () => {
  await bench.control('switches', { hold: true, reorder: true });
  await bench.client.batchJSON(
    [1, 2, 3].map((body) => ({ url: bench.app.url, body, flowControl: { key: 'one', parallelism: 1 } })),
  );
  await bench.control('switches', { hold: false });
  await bench.idle();
  expect(bench.app.bodies()).toEqual(['3', '2', '1']);
});

test('delay: everything is due later', async () => {
  await bench.control('switches', { delayMs: 5_000 });
  await publish(1);
  await bench.advance(4_999);
  expect(bench.app.calls).toEqual([]);
  await bench.advance(1);
  expect(bench.app.bodies()).toEqual(['1']);
});

test('down for an hour: refused meanwhile, everything caught up afterwards in order', async () => {
  await publish(1, { delay: 1200 });
  await publish(2, { delay: 600 });
  await bench.control('switches', { down: true });
  await expect(publish(3)).rejects.toMatchObject({ status: 503 });
  await bench.advance(3_600_000);
  expect(bench.app.calls).toEqual([]);
  await bench.control('switches', { down: false });
  await publish(3);
  await bench.idle();
  expect(bench.app.bodies().toSorted()).toEqual(['1', '2', '3']);
});

test('an unknown switch or a wrong value is refused and changes nothing', async () => {
  await expect(bench.control('switches', { hold: true, dupe: 1 })).rejects.toThrow('dupe');
  await expect(bench.control('switches', { drop: -1 })).rejects.toThrow('drop');
  expect(await bench.control<object>('switches')).toMatchObject({ hold: false, drop: 0 });
});

test('the fault switch every stand-in has strikes the API: the client retries a dropped answer', async () => {
  await fetch(`${bench.qstash.url}/_control/faults`, {
    method: 'POST',
    body: JSON.stringify({ mode: 'drop', when: 'after', count: 1 }),
  });
  await expect(publish(1)).rejects.toThrow();
  await bench.idle();
  expect(bench.app.bodies()).toEqual(['1']);
});
