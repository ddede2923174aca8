/** A device's WebSocket: keeps the frames that came, each held to the protocol, and how it ended. */
import { WebSocket as HeaderSocket } from 'ws';
import { ServerFrame } from '../../src/features/realtime/frames.ts';
import type { AnyJson } from './app.ts';

export type Device = {
  /** Every frame so far. */
  frames: AnyJson[];
  /** The first frame (from the `since`-th on) that fits; waits for one. */
  waitFor(what: string, fits: (frame: AnyJson) => boolean, since?: number): Promise<AnyJson>;
  send(data: object | string | Uint8Array): void;
  /** The code it was closed with; waits for that. */
  closed: Promise<number>;
  close(): Promise<void>;
};

const PATIENCE_MS = 15_000;

/** As an app connects: with its token in a header. Rejects with the status of a refusal. */
export async function connectApp(url: string, token: string): Promise<Device> {
  return open(
    new HeaderSocket(`${toWs(url)}/v1/realtime`, { headers: { authorization: `Bearer ${token}` } }),
  );
}

/** As a page connects: with a ticket in the address. */
export async function connectBrowser(url: string, ticket: string, origin?: string): Promise<Device> {
  return open(
    new HeaderSocket(`${toWs(url)}/v1/realtime/browser?ticket=${ticket}`, origin ? { origin } : undefined),
  );
}

function toWs(url: string): string {
  return url.replace(/^http/, 'ws');
}

async function open(socket: HeaderSocket): Promise<Device> {
  const frames: AnyJson[] = [];
  const listeners = new Set<() => void>();
  const faults: Error[] = [];
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => resolve(code));
  });
  socket.on('message', (data, isBinary) => {
    const text = isBinary ? '' : (data as Buffer).toString();
    if (text === 'pong') frames.push({ type: 'pong' });
    else {
      const parsed = ServerFrame.safeParse(JSON.parse(text));
      if (!parsed.success) faults.push(new Error(`no frame of the protocol: ${text}`));
      frames.push(JSON.parse(text));
    }
    for (const listener of listeners) listener();
  });
  // A socket is over with the close frame; workerd keeps the connection below it until the object sleeps, 10 s later.
  const watch = setInterval(() => {
    if (socket.readyState === HeaderSocket.CLOSING) socket.terminate();
  }, 10);
  void closed.then(() => clearInterval(watch));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      reject(new Error(`refused with ${response.statusCode}`));
    });
  });
  socket.on('error', () => undefined);

  async function waitFor(what: string, fits: (frame: AnyJson) => boolean, since = 0): Promise<AnyJson> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      if (faults[0]) throw faults[0];
      const found = frames.slice(since).find(fits);
      if (found) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited in vain for ${what}; came: ${JSON.stringify(frames)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, left);
        function done(): void {
          clearTimeout(timer);
          listeners.delete(done);
          resolve();
        }
        listeners.add(done);
      });
    }
  }

  return {
    frames,
    waitFor,
    send(data) {
      const isRaw = typeof data === 'string' || data instanceof Uint8Array;
      socket.send(isRaw ? data : JSON.stringify(data));
    },
    closed,
    async close() {
      socket.close();
      await closed;
    },
  };
}
