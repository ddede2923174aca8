import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBench, type Bench } from './test-bench.ts';

let folder: string;
let bench: Bench;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qstash-'));
  bench = await openBench({ statePath: join(folder, 'qstash.json') });
});
afterEach(async () => {
  await bench.close();
  await rm(folder, { recursive: true });
});

function publish(body: number, more: { delay?: number; retries?: number } = {}) {
  return bench.client.publishJSON({ url: `${bench.app.url}/job`, body, ...more });
}

test('messages, schedules and dead letters survive a restart when there is a state file', async () => {
  bench.app.answer(500);
  await publish(1, { retries: 0 });
  await bench.idle();
  bench.app.answer(() => {});
  await publish(2);
  await bench.app.waitForCalls(2);
  await publish(3, { delay: 3600 });
  await bench.client.schedules.create({
    destination: bench.app.url,
    cron: '0 0 1 1 *',
    scheduleId: 'yearly',
  });
  await bench.close();
  bench = await openBench({ statePath: join(folder, 'qstash.json') });
  expect((await bench.client.schedules.list()).map((schedule) => schedule.scheduleId)).toEqual(['yearly']);
  expect((await bench.client.dlq.listMessages()).messages.map((message) => message.body)).toEqual(['1']);
  await bench.idle();
  expect((await bench.deliveries()).map((delivery) => delivery.body).toSorted()).toEqual(['2', '3']);
});

test('a destination that cannot be reached while it restarts gets its message later', async () => {
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address() as { port: number };
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  await bench.client.publishJSON({ url: `http://127.0.0.1:${address.port}/`, body: 1 });
  await bench.idle();
  await new Promise<void>((resolve) => {
    server.listen(address.port, '127.0.0.1', resolve);
  });
  await bench.advance(12_000);
  server.close();
  expect((await bench.deliveries())[0]!.state).toBe('delivered');
});
