/** For the tests beside: the stand-in, the official client, and a destination that notes what reaches it. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Receiver } from '@upstash/qstash';
import type { Counts } from './engine.ts';
import type { Delivery } from './delivery-log.ts';
import { startQstash, type QstashOptions } from './server.ts';

export type Call = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

/** How the destination answers: a status, or a function that answers (or does not). */
export type Behaviour = number | ((response: ServerResponse, call: Call) => void);

export const TEST_KEYS = { current: 'sig_current_key_of_the_tests', next: 'sig_next_key_of_the_tests' };
export const TEST_TOKEN = 'token-of-the-tests';

export type ClockReport = Counts & { now: number; frozen: boolean; idle: boolean };

export type Bench = Awaited<ReturnType<typeof openBench>>;

/** The clock stands still from the start: what is due later comes only when a test moves it. */
export async function openBench(options: Partial<QstashOptions> = {}) {
  const qstash = await startQstash({
    token: TEST_TOKEN,
    currentSigningKey: TEST_KEYS.current,
    nextSigningKey: TEST_KEYS.next,
    ...options,
  });
  const app = await startApp();
  const client = new Client({ baseUrl: qstash.url, token: TEST_TOKEN, retry: false });

  async function control<T = ClockReport>(
    name: string,
    body?: object,
    method = body ? 'POST' : 'GET',
  ): Promise<T> {
    const response = await fetch(`${qstash.url}/_control/${name}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const result = (await response.json()) as T;
    if (!response.ok) throw new Error(JSON.stringify(result));
    return result;
  }

  await control('clock', { frozen: true });
  return {
    qstash,
    app,
    client,
    control,
    advance: (advanceMs: number) => control('clock', { advanceMs }),
    idle: () => control('idle?wait=20000'),
    now: async () => (await control('idle')).now,
    async deliveries(): Promise<Delivery[]> {
      return (await control<{ deliveries: Delivery[] }>('deliveries')).deliveries;
    },
    async close(): Promise<void> {
      await qstash.close();
      await app.close();
    },
  };
}

async function startApp() {
  const calls: Call[] = [];
  const waiters = new Set<() => void>();
  let behaviours: Behaviour[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call: Call = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      calls.push(call);
      const behaviour = (behaviours.length > 1 ? behaviours.shift() : behaviours[0]) ?? 200;
      if (typeof behaviour === 'function') behaviour(response, call);
      else response.writeHead(behaviour).end();
      for (const look of waiters) look();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    calls,
    bodies: () => calls.map((call) => call.body),
    /** One behaviour a call, the last one for ever. */
    answer(...next: Behaviour[]): void {
      behaviours = next;
    },
    /** Resolves once so many calls have arrived. */
    async waitForCalls(count: number): Promise<void> {
      if (calls.length >= count) return;
      await new Promise<void>((resolve) => {
        function look(): void {
          if (calls.length < count) return;
          waiters.delete(look);
          resolve();
        }
        waiters.add(look);
      });
    },
    verify(call: Call, keys = TEST_KEYS): Promise<boolean> {
      const receiver = new Receiver({ currentSigningKey: keys.current, nextSigningKey: keys.next });
      const signature = String(call.headers['upstash-signature']);
      return receiver.verify({ signature, body: call.body, url: `${url}${call.path}` });
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
