/**
 * The QStash of one test app: its own stand-in, with a clock that stands still, that delivers only when a test says so.
 * The app has to listen (`startTestApp({ isListening: true })`) to be reached.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { Delivery } from '../../local/qstash/delivery-log.ts';
import { startQstash } from '../../local/qstash/server.ts';
import type { Switches } from '../../local/qstash/switches.ts';

export type TestQueue = {
  url: string;
  /** Delivers what is due, and what that publishes, until nothing is left to do now. */
  deliver(): Promise<void>;
  /** Moves QStash's clock, delivering on the way what becomes due. */
  advance(milliseconds: number): Promise<void>;
  /** Every message so far with its attempts, oldest first. */
  deliveries(): Promise<Delivery[]>;
  /** Duplicate, reorder, drop, delay, down … (local/qstash/switches.ts). */
  set(switches: Partial<Switches>): Promise<void>;
  /** Signing keys rotate: the next becomes the current. */
  rotateKeys(): Promise<{ current: string; next: string }>;
};

export async function startTestQueue(env: Record<string, unknown>): Promise<TestQueue> {
  const token = String(env['QSTASH_TOKEN']);
  const { url } = await startQstash({
    token,
    currentSigningKey: String(env['QSTASH_CURRENT_SIGNING_KEY']),
    nextSigningKey: String(env['QSTASH_NEXT_SIGNING_KEY']),
  });

  async function control(name: string, body?: object): Promise<unknown> {
    const response = await fetch(
      `${url}/_control/${name}`,
      body && { method: 'POST', body: JSON.stringify(body) },
    );
    const result: unknown = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(result));
    return result;
  }

  async function whileReleased(work: () => Promise<unknown>): Promise<void> {
    await control('switches', { hold: false });
    await work();
    await control('switches', { hold: true });
  }

  await control('clock', { frozen: true });
  await control('switches', { hold: true });
  return {
    url,
    deliver: () => whileReleased(() => control('run-due', {})),
    advance: (advanceMs) => whileReleased(() => control('clock', { advanceMs })),
    deliveries: async () => ((await control('deliveries')) as { deliveries: Delivery[] }).deliveries,
    set: async (switches) => {
      await control('switches', switches);
    },
    async rotateKeys() {
      const response = await fetch(`${url}/v2/keys/rotate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      return (await response.json()) as { current: string; next: string };
    },
  };
}

/** A server in front of an app's fetch, on any free port of loopback. */
export async function listen(
  answer: (request: Request) => Promise<Response>,
): Promise<{ url: string; server: Server }> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const headers = new Headers();
      for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
      const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD';
      const request = new Request(`${url}${incoming.url}`, {
        method: incoming.method ?? 'GET',
        headers,
        ...(hasBody && { body: Readable.toWeb(incoming) as BodyInit, duplex: 'half' }),
      } as RequestInit);
      const response = await answer(request);
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.body) Readable.fromWeb(response.body as never).pipe(outgoing);
      else outgoing.end();
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, server };
}
