/** The other side of load-loop.ts. */
import { Agent, request } from 'node:http';
import type { Load, LoadResult, Shot } from './load-loop.ts';

process.once('message', (load: Load) => {
  void carryOut(load).then((result) => process.send?.(result));
});

async function carryOut({ url, clients, shots, first, seconds: duration }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  let next = first;
  const before = process.cpuUsage();
  const started = performance.now();
  const most = duration === 'once' ? first + shots.length : Number.POSITIVE_INFINITY;
  const end = duration === 'once' ? Number.POSITIVE_INFINITY : started + duration * 1000;

  async function act(): Promise<void> {
    while (next < most && performance.now() < end) {
      const shot = shots[next++ % shots.length];
      if (!shot) return;
      const sentAt = performance.now();
      const status = await send(url, agent, shot);
      if (typeof status === 'number' && status < 400) latencies.push(performance.now() - sentAt);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }

  await Promise.all(Array.from({ length: clients }, act));
  agent.destroy();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { latencies, statuses, sent: next - first, seconds, processorMs: (user + system) / 1000 };
}

function send(url: string, agent: Agent, { method, path, token, body }: Shot): Promise<number | 'failed'> {
  return new Promise((resolve) => {
    const outgoing = request(`${url}${path}`, {
      method,
      agent,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
    });
    outgoing.on('error', () => resolve('failed'));
    outgoing.on('response', (incoming) => {
      incoming.on('error', () => resolve('failed'));
      incoming.on('end', () => resolve(incoming.statusCode ?? 'failed'));
      incoming.resume();
    });
    outgoing.end(body);
  });
}
