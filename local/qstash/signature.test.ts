import { afterEach, beforeEach, expect, test } from 'vitest';
import { signDelivery } from './sign-delivery.ts';
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

test('after a rotation the next key signs, and the old current key no longer does', async () => {
  const keys = await rotateKeys();
  expect(keys.current).toBe(TEST_KEYS.next);
  await publish(1);
  await bench.idle();
  const [call] = bench.app.calls;
  expect(await bench.app.verify(call!)).toBe(true);
  expect(await bench.app.verify(call!, keys)).toBe(true);
  await expect(
    bench.app.verify(call!, { current: TEST_KEYS.current, next: TEST_KEYS.current }),
  ).rejects.toThrow();
});

test('the receiver refuses an altered body, another address and an expired signature', async () => {
  await publish(1);
  await bench.idle();
  const call = bench.app.calls[0]!;
  await expect(bench.app.verify({ ...call, body: '2' })).rejects.toThrow();
  await expect(bench.app.verify({ ...call, path: '/other' })).rejects.toThrow();
  const expired = await signDelivery({
    signingKey: TEST_KEYS.current,
    url: `${bench.app.url}/job`,
    body: Buffer.from('1'),
    now: Date.now() - 301_000,
  });
  const replayed = { ...call, headers: { ...call.headers, 'upstash-signature': expired } };
  await expect(bench.app.verify(replayed)).rejects.toThrow();
});

test('a moved clock does not move the signature: the receiver goes by its own', async () => {
  await publish(1, { delay: 86_400 });
  await bench.advance(86_400_000);
  expect(await bench.app.verify(bench.app.calls[0]!)).toBe(true);
});
