/**
 * What every HTTP stand-in of the local edition shares: a server on loopback, a fault switch and added latency,
 * both moved by `POST /_control/faults`. The protocol itself is the stand-in's own affair.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a stand-in misbehaves. `delay` answers late, `error` answers 500 with no useful body, `drop` cuts the connection. */
export type Fault = {
  mode: 'none' | 'delay' | 'error' | 'drop';
  /** Milliseconds, for `delay`. */
  delayMs?: number;
  /** How many requests it strikes; without it, all until it is changed. */
  count?: number;
  /** Only requests whose body or path contains this text are struck. */
  match?: string;
  /**
   * Only requests that carry this `Authorization` header are struck: those who share a stand-in each have a fault of
   * their own. Without it, everybody is.
   */
  authorization?: string;
  /** `after`: the request is carried out, then the fault strikes the answer. Default `before`. */
  when?: 'before' | 'after';
};

export type StandIn = {
  /** Base address, no trailing slash: `http://127.0.0.1:PORT`. */
  url: string;
  port: number;
  close(): Promise<void>;
};

export type Reply = {
  status: number;
  headers?: Record<string, string>;
  /** Objects are sent as JSON. */
  body?: string | Uint8Array | object | undefined;
};

export type StandInRequest = {
  method: string;
  /** Path and query as sent. */
  path: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: Buffer;
  json(): unknown;
  raw: { request: IncomingMessage; response: ServerResponse };
};

export type StandInOptions = {
  /** 0 or absent: any free port. */
  port?: number;
  /** Milliseconds added to every answer (the latency profile of a far data plane). */
  latencyMs?: number;
  /** Carries out one request. `undefined` means the handler has answered on `raw.response` itself. */
  handle(request: StandInRequest): Promise<Reply | undefined>;
  /** Extra switches below `/_control/<name>`. A method other than POST and GET is told by `method`. */
  control?: Record<string, (body: unknown, url: URL, method: string) => unknown>;
  onClose?(): Promise<void>;
};

/** Starts one stand-in on 127.0.0.1. Rejects with EADDRINUSE when the port is taken. */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  /** By the Authorization header they strike; '' strikes everybody. */
  const faults = new Map<string, Fault>();
  let latencyMs = options.latencyMs ?? 0;
  const sockets = new Set<Socket>();

  function strike(request: StandInRequest, when: 'before' | 'after'): Fault | undefined {
    const key = [request.headers.authorization ?? '', ''].find((name) => faults.has(name));
    const fault = key === undefined ? undefined : faults.get(key);
    if (!fault || key === undefined || (fault.when ?? 'before') !== when) return undefined;
    if (fault.match && !request.path.includes(fault.match) && !request.body.includes(fault.match))
      return undefined;
    if (fault.count !== undefined) {
      if (fault.count > 1) faults.set(key, { ...fault, count: fault.count - 1 });
      else faults.delete(key);
    }
    return fault;
  }

  /** True when the fault has taken the answer over. */
  async function misbehave(request: StandInRequest, when: 'before' | 'after'): Promise<boolean> {
    const struck = strike(request, when);
    if (!struck) return false;
    if (struck.mode === 'delay') {
      // A stalled request does not keep the process from ending.
      await sleep(struck.delayMs ?? 1000, undefined, { ref: false });
      return false;
    }
    if (struck.mode === 'drop') {
      request.raw.request.socket.destroy();
      return true;
    }
    send(request.raw.response, { status: 500, body: 'fault switch' });
    return true;
  }

  async function control(request: StandInRequest): Promise<Reply> {
    const name = request.url.pathname.slice('/_control/'.length);
    if (name === 'faults') {
      const fault = request.body.length > 0 ? (request.json() as Fault) : undefined;
      const key = fault?.authorization ?? '';
      if (fault && request.method !== 'DELETE' && fault.mode !== 'none') faults.set(key, fault);
      else faults.delete(key);
      return { status: 200, body: { faults: [...faults.values()] } };
    }
    if (name === 'latency') {
      latencyMs = (request.json() as { ms: number }).ms;
      return { status: 200, body: { ms: latencyMs } };
    }
    const act = options.control?.[name];
    if (!act) return { status: 404, body: { error: `no switch named ${name}` } };
    const result = await act(
      request.body.length > 0 ? request.json() : undefined,
      request.url,
      request.method,
    );
    return { status: 200, body: (result ?? {}) as object };
  }

  const server = createServer((incoming, response) => {
    void answer(incoming, response);
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(incoming);
      const path = incoming.url ?? '/';
      const request: StandInRequest = {
        method: incoming.method ?? 'GET',
        path,
        get url() {
          return new URL(path, 'http://stand-in');
        },
        headers: incoming.headers,
        body,
        json: () => JSON.parse(body.toString('utf8')) as unknown,
        raw: { request: incoming, response },
      };
      if (path.startsWith('/_control/')) {
        send(response, await control(request));
        return;
      }
      if (latencyMs > 0) await sleep(latencyMs);
      if (await misbehave(request, 'before')) return;
      const reply = await options.handle(request);
      if (await misbehave(request, 'after')) return;
      if (reply) send(response, reply);
    } catch (error) {
      if (!response.headersSent) {
        send(response, {
          status: 500,
          body: { error: error instanceof Error ? error.message : String(error) },
        });
      } else response.destroy();
    }
  }

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
  });
  // Clients keep connections open; a server that closes first would race their next request.
  server.keepAliveTimeout = 120_000;
  server.headersTimeout = 125_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await options.onClose?.();
    },
  };
}

/** Listeners rather than `for await`: the iterator costs more than a whole small request. */
function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    incoming.on('error', reject);
  });
}

function send(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  const { body } = reply;
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const bytes = isRaw ? (body ?? '') : JSON.stringify(body);
  response.writeHead(reply.status, {
    'content-type': isRaw ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(bytes),
    ...reply.headers,
  });
  response.end(bytes);
}
