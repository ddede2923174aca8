import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBench, type Bench } from './test-bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

type Limits = { parallelism?: number; rate?: number; period?: number };

async function publishMany(count: number, limits: Limits, key = 'k'): Promise<void> {
  await bench.client.batchJSON(
    Array.from({ length: count }, (_, index) => ({
      url: `${bench.app.url}/${key}`,
      body: index,
      flowControl: { key, ...limits } as { key: string; rate: number },
    })),
  );
}

/** Answers that wait until they are released one by one. */
function holdAnswers(): { release(): void; held: number } {
  const waiting: (() => void)[] = [];
  bench.app.answer((response) => {
    waiting.push(() => response.writeHead(200).end());
  });
  return {
    release: () => waiting.shift()?.(),
    get held() {
      return waiting.length;
    },
  };
}

test('starts no more than the rate in a period, of one key only', async () => {
  await publishMany(5, { rate: 2, period: 60 });
  await publishMany(1, { rate: 1 }, 'other');
  await bench.idle();
  const countOf = (path: string) => bench.app.calls.filter((call) => call.path === path).length;
  expect([countOf('/k'), countOf('/other')]).toEqual([2, 1]);
  await bench.advance(59_999);
  expect(countOf('/k')).toBe(2);
  await bench.advance(1);
  expect(countOf('/k')).toBe(4);
  await bench.advance(60_000);
  expect(countOf('/k')).toBe(5);
});

test('counts retries as well', async () => {
  bench.app.answer(500, 200);
  await bench.client.publishJSON({
    url: bench.app.url,
    body: 1,
    flowControl: { key: 'k', rate: 1, period: '1h' },
  });
  await bench.advance(12_000);
  expect(bench.app.calls).toHaveLength(1);
  await bench.advance(3_600_000);
  expect(bench.app.calls).toHaveLength(2);
});

test('keeps no more calls under way than the parallelism', async () => {
  const answers = holdAnswers();
  await publishMany(5, { parallelism: 2 });
  await bench.app.waitForCalls(2);
  const info = await bench.client.flowControl.get('k');
  expect(info).toMatchObject({ parallelismMax: 2, parallelismCount: 2, waitListSize: 3, rateMax: 0 });
  expect(await bench.client.flowControl.getGlobalParallelism()).toEqual({
    parallelismMax: 100,
    parallelismCount: 2,
  });
  expect(answers.held).toBe(2);
  for (let total = 3; total <= 5; total += 1) {
    answers.release();
    await bench.app.waitForCalls(total);
    expect(answers.held).toBe(2);
  }
  answers.release();
  answers.release();
  expect((await bench.idle()).idle).toBe(true);
  expect((await bench.client.flowControl.get('k')).parallelismCount).toBe(0);
});

test('pauses, resumes, pins and resets a key', async () => {
  const { flowControl } = bench.client;
  await flowControl.pause('k');
  await publishMany(2, { rate: 1, period: 3600 });
  await bench.advance(7_200_000);
  expect(bench.app.calls).toHaveLength(0);
  expect(await flowControl.get('k')).toMatchObject({ isPaused: true, waitListSize: 2, ratePeriod: 3600 });
  await flowControl.resume('k');
  await bench.idle();
  expect(bench.app.calls).toHaveLength(1);
  await flowControl.resetRate('k');
  await bench.idle();
  expect(bench.app.calls).toHaveLength(2);
  await flowControl.pin('k', { rate: 10, period: 60 });
  await publishMany(5, { rate: 1, period: 3600 });
  await bench.idle();
  expect(bench.app.calls).toHaveLength(7);
  expect(await flowControl.get('k')).toMatchObject({
    isPinnedRate: true,
    isPinnedParallelism: false,
    rateMax: 10,
  });
  await flowControl.unpin('k', { rate: true });
  await publishMany(1, { rate: 1, period: 3600 });
  expect(await flowControl.get('k')).toMatchObject({ isPinnedRate: false, rateMax: 1 });
});

test('a queue delivers one after the other and waits for the retries and callbacks of the first', async () => {
  const queue = bench.client.queue({ queueName: 'line' });
  bench.app.answer(500, 200, 200, 200);
  await queue.enqueueJSON({ url: `${bench.app.url}/1`, body: 1, callback: `${bench.app.url}/told` });
  await queue.enqueueJSON({ url: `${bench.app.url}/2`, body: 2 });
  await bench.idle();
  expect(bench.app.calls.map((call) => call.path)).toEqual(['/1', '/told']);
  expect(await queue.get()).toMatchObject({ name: 'line', parallelism: 1, lag: 2, paused: false });
  await bench.advance(12_000);
  expect(bench.app.calls.map((call) => call.path)).toEqual(['/1', '/told', '/1', '/told', '/2']);
  expect((await queue.get()).lag).toBe(0);
});

test('a queue has its own parallelism, pauses and resumes', async () => {
  const queue = bench.client.queue({ queueName: 'line' });
  await queue.upsert({ parallelism: 2 });
  const answers = holdAnswers();
  await bench.client.batchJSON([1, 2, 3].map((body) => ({ url: bench.app.url, body, queueName: 'line' })));
  await bench.app.waitForCalls(2);
  await bench.control('idle');
  expect(answers.held).toBe(2);
  await queue.pause();
  answers.release();
  answers.release();
  await bench.idle();
  expect(bench.app.calls).toHaveLength(2);
  await queue.resume();
  await bench.app.waitForCalls(3);
  expect(await queue.list()).toMatchObject([{ name: 'line', parallelism: 2 }]);
  answers.release();
  await bench.idle();
  await queue.delete();
  await expect(queue.get()).rejects.toMatchObject({ status: 404 });
});

test.each([
  ['no limit', 'period=60s'],
  ['a rate of nothing', 'rate=0'],
  ['an unknown word', 'rate=1, speed=2'],
  ['a period over a week', 'rate=1, period=8d'],
])('refuses %s', async (_name, value) => {
  const publishing = bench.client.publishJSON({
    url: bench.app.url,
    body: 1,
    headers: { 'Upstash-Flow-Control-Key': 'k', 'Upstash-Flow-Control-Value': value },
  });
  await expect(publishing).rejects.toMatchObject({ status: 400 });
});
