import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBench, type Bench } from './test-bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

async function publishFailing(count: number, more: { label?: string } = {}): Promise<void> {
  bench.app.answer(500);
  for (let index = 1; index <= count; index += 1) {
    await bench.client.publishJSON({
      url: `${bench.app.url}/dead`,
      body: index,
      retries: 0,
      headers: { 'X-Kind': 'k' },
      ...more,
    });
    await bench.idle();
  }
  bench.app.answer(200);
}

test('lists newest first, by page and by filter', async () => {
  await publishFailing(3);
  await publishFailing(1, { label: 'mail' });
  const first = await bench.client.dlq.listMessages({ count: 3 });
  expect(first.messages.map((message) => message.body)).toEqual(['1', '3', '2']);
  const rest = await bench.client.dlq.listMessages({ count: 3, cursor: first.cursor! });
  expect(rest.messages.map((message) => message.body)).toEqual(['1']);
  expect(rest.cursor).toBe('');
  expect((await bench.client.dlq.listMessages({ filter: { label: 'mail' } })).messages).toHaveLength(1);
  expect((await bench.client.dlq.listMessages({ filter: { responseStatus: 404 } })).messages).toEqual([]);
});

test('retries one as a new message with the same body and headers, and removes it', async () => {
  await publishFailing(1);
  const [letter] = (await bench.client.dlq.listMessages()).messages;
  const { responses } = await bench.client.dlq.retry(letter!.dlqId);
  await bench.idle();
  expect(responses[0]!.messageId).not.toBe(letter!.messageId);
  expect(bench.app.calls[1]).toMatchObject({
    path: '/dead',
    body: '1',
    headers: { 'x-kind': 'k', 'upstash-message-id': responses[0]!.messageId, 'upstash-retried': '0' },
  });
  expect((await bench.client.dlq.listMessages()).messages).toEqual([]);
  await expect(bench.client.dlq.retry(letter!.dlqId)).rejects.toMatchObject({ status: 404 });
});

test('retries all, a page at a time', async () => {
  await publishFailing(5);
  const bodies: number[] = [];
  let cursor: string | undefined;
  do {
    const result = await bench.client.dlq.retry({ all: true, count: 2, ...(cursor && { cursor }) });
    bodies.push(result.responses.length);
    cursor = result.cursor;
  } while (cursor);
  await bench.idle();
  expect(bodies).toEqual([2, 2, 1]);
  expect(bench.app.bodies().slice(5).toSorted()).toEqual(['1', '2', '3', '4', '5']);
});

test('deletes one, several or all', async () => {
  await publishFailing(5);
  const ids = (await bench.client.dlq.listMessages()).messages.map((message) => message.dlqId);
  expect(await bench.client.dlq.delete(ids[0]!)).toEqual({ deleted: 1 });
  expect(await bench.client.dlq.delete([ids[1]!, ids[2]!])).toMatchObject({ deleted: 2 });
  expect(await bench.client.dlq.delete({ all: true })).toMatchObject({ deleted: 2 });
  await expect(bench.client.dlq.delete(ids[0]!)).rejects.toMatchObject({ status: 404 });
});

test('keeps a dead letter for seven days', async () => {
  await publishFailing(1);
  await bench.advance(7 * 86_400_000 - 1);
  expect((await bench.client.dlq.listMessages()).messages).toHaveLength(1);
  await bench.advance(1);
  expect((await bench.client.dlq.listMessages()).messages).toEqual([]);
});

test('calls back after each attempt, with what was sent and what came back', async () => {
  bench.app.answer(
    (response) => response.writeHead(500).end('not yet'),
    200,
    (response) => response.writeHead(201, { 'X-Done': 'yes' }).end('완료'),
    200,
  );
  const { messageId } = await bench.client.publishJSON({
    url: `${bench.app.url}/work`,
    body: { n: 1 },
    callback: `${bench.app.url}/told`,
    headers: { 'Upstash-Callback-Forward-X-Token': 't', 'Upstash-Callback-Method': 'PUT' },
  });
  await bench.idle();
  await bench.advance(12_000);
  const told = bench.app.calls.filter((call) => call.path === '/told');
  expect(told.map((call) => [call.method, call.headers['x-token']])).toEqual([
    ['PUT', 't'],
    ['PUT', 't'],
  ]);
  const [first, second] = told.map((call) => JSON.parse(call.body) as Record<string, unknown>);
  expect(first).toMatchObject({ status: 500, retried: 0, body: Buffer.from('not yet').toString('base64') });
  expect(second).toMatchObject({
    status: 201,
    header: { 'X-Done': ['yes'] },
    body: Buffer.from('완료').toString('base64'),
    retried: 1,
    maxRetries: 3,
    sourceMessageId: messageId,
    url: `${bench.app.url}/work`,
    method: 'POST',
    sourceHeader: { 'Content-Type': ['application/json'] },
    sourceBody: Buffer.from('{"n":1}').toString('base64'),
    callerIP: '127.0.0.1',
  });
  expect(second).not.toHaveProperty('dlqId');
  expect(await bench.app.verify(told[0]!)).toBe(true);
});

test('calls the failure callback once, when retries are spent, with the id of the dead letter', async () => {
  bench.app.answer((response, call) => response.writeHead(call.path === '/work' ? 500 : 200).end());
  await bench.client.publishJSON({
    url: `${bench.app.url}/work`,
    body: 1,
    retries: 1,
    failureCallback: `${bench.app.url}/failed`,
  });
  await bench.idle();
  expect(bench.app.calls.map((call) => call.path)).toEqual(['/work']);
  await bench.advance(12_000);
  expect(bench.app.calls.map((call) => call.path)).toEqual(['/work', '/work', '/failed']);
  const [letter] = (await bench.client.dlq.listMessages()).messages;
  expect(JSON.parse(bench.app.calls[2]!.body)).toMatchObject({
    status: 500,
    retried: 1,
    dlqId: letter!.dlqId,
  });
});

test('retries a callback as a message of its own', async () => {
  bench.app.answer(200, 500, 200);
  await bench.client.publishJSON({
    url: `${bench.app.url}/work`,
    body: 1,
    callback: `${bench.app.url}/told`,
  });
  await bench.idle();
  await bench.advance(12_000);
  expect(bench.app.calls.map((call) => call.path)).toEqual(['/work', '/told', '/told']);
});
