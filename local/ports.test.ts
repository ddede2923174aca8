import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { findFreePort, listenNear } from './ports.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

it('moves on in tens from a busy port', async () => {
  const busy = await findFreePort(21_500);
  await listen(busy);
  const free = await findFreePort(busy);
  expect(free).toBeGreaterThan(busy);
  expect((free - busy) % 10).toBe(0);
  const next = await listenNear(busy, listen);
  expect(next).toBeGreaterThan(busy);
  expect((next - busy) % 10).toBe(0);
});

it('takes any port for 0 or none', async () => {
  expect(await listenNear(undefined, listen)).toBeGreaterThan(0);
  expect(await findFreePort(0)).toBeGreaterThan(0);
});

it('does not try again after another failure', async () => {
  const tried: number[] = [];
  const failing = listenNear(21_000, async (port) => {
    tried.push(port);
    throw new Error('no such thing');
  });
  await expect(failing).rejects.toThrow('no such thing');
  expect(tried).toEqual([21_000]);
});

it('stops at the ports the kernel hands out', async () => {
  const tried: number[] = [];
  const failing = listenNear(32_745, async (port) => {
    tried.push(port);
    throw Object.assign(new Error('busy'), { code: 'EADDRINUSE' });
  });
  await expect(failing).rejects.toThrow('busy');
  expect(tried).toEqual([32_745, 32_755, 32_765]);
});
