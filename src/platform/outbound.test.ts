import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutbound } from './outbound.ts';

const TIMEOUT_MS = 50;

let server: Server;
let url: string;
let answer: () => void;
let arrived: Promise<void>;

beforeEach(async () => {
  let arrive: () => void;
  arrived = new Promise((resolve) => (arrive = resolve));
  server = createServer((_request, response) => {
    answer = () => response.end('"here"');
    arrive();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('a call to a service beside us', () => {
  it('is given up when no answer comes in time', async () => {
    const call = createOutbound().fetchAs('redis', TIMEOUT_MS)(url);
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('is not given up for the time in which a computation held the thread: the answer was there', async () => {
    const call = createOutbound().fetchAs('redis', TIMEOUT_MS)(url);
    const read = call.then((response) => response.json());
    await arrived;
    answer();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TIMEOUT_MS * 2);
    await expect(read).resolves.toBe('here');
  });
});
