import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fireCron, startCron } from './cron.ts';

const paths: string[] = [];
let server: Server;
let url: string;
let status = 200;

beforeEach(async () => {
  paths.length = 0;
  status = 200;
  server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(status).end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  vi.useRealTimers();
  server.close();
});

it('fires the trigger of wrangler.toml', async () => {
  const log = vi.fn();
  await fireCron(url, log);
  expect(paths.map((path) => new URL(path, url).searchParams.get('cron'))).toEqual(['* * * * *']);
  expect(log).not.toHaveBeenCalled();
});

it('tells of a tick that failed', async () => {
  const log = vi.fn();
  status = 500;
  await fireCron(url, log);
  expect(log).toHaveBeenCalledExactlyOnceWith('cron: 500 ok');
  server.close();
  await fireCron('http://127.0.0.1:1', log);
  expect(log).toHaveBeenCalledTimes(2);
});

it('ticks on the full minute until it is stopped', async () => {
  vi.useFakeTimers({ now: new Date('2026-03-02T00:00:40Z'), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const stop = startCron(url, () => undefined);
  vi.advanceTimersByTime(19_999);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1);
  await vi.waitUntil(() => paths.length === 1);
  vi.advanceTimersByTime(60_000);
  await vi.waitUntil(() => paths.length === 2);
  stop();
  vi.advanceTimersByTime(120_000);
  await fetch(`${url}/after`);
  expect(paths).toHaveLength(3);
  expect(paths.at(-1)).toBe('/after');
});
