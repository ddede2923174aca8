/** Stands between the Worker and a service, and notes when each request was under way. Adds a fraction of a millisecond. */
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Span = { from: number; to: number };

export type TimingProxy = {
  url: string;
  /** What was noted since the last call. */
  take(): Span[];
  close(): Promise<void>;
};

export async function startTimingProxy(target: string): Promise<TimingProxy> {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(target);
  let spans: Span[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    const from = performance.now();
    const onward = request(
      {
        agent,
        hostname,
        port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.on('end', () => spans.push({ from, to: performance.now() }));
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.keepAliveTimeout = 120_000;
  server.on('connection', (socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = spans;
      spans = [];
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Milliseconds in which at least one was under way. */
export function lengthOf(spans: readonly Span[]): number {
  let sum = 0;
  let end = 0;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}
