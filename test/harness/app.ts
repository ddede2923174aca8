/**
 * The app in this process, on real MySQL and Redis, with a clock that tests move. Every answer is held to the route's
 * own declaration: a body that does not fit its schema, or an error it does not declare, fails the test.
 */
import './worker-globals.ts';
import { inject, onTestFailed } from 'vitest';
import { createApp } from '../../src/app.ts';
import { runCron } from '../../src/cron.ts';
import { createDeps, type Registry } from '../../src/deps.ts';
import { parseEnv } from '../../src/env.ts';
import type { SystemCtx } from '../../src/platform/context.ts';
import { startsAt, type TestClock } from './clock.ts';
import { checkAnswer } from './contract.ts';
import { openTestDatabase, type DatabaseServer, type Sql } from './database.ts';
import { createTestImages } from './image-service.ts';
import { createTestChannels, type TestChannels } from './channels.ts';
import { createMemoryBucket, type MemoryBucket } from './memory-bucket.ts';
import { toSqlTime } from './people.ts';
import { listen, startTestQueue, type TestQueue } from './queue.ts';

export type Answer<B = never> = {
  status: number;
  // Tests read bodies freely; the contract check has held them to the schema.
  body: [B] extends [never] ? AnyJson : B;
  /** The body as it came. */
  bytes: Buffer;
  headers: Headers;
  /** What the request cost until its answer, reactions not included. */
  cost: { statements: number; redisCommands: number; sequentialRoundTrips: number };
};

/** JSON whose shape the contract check has verified already. */
// oxlint-disable-next-line typescript/no-explicit-any -- assertions on parsed JSON; a wrong path fails the test itself
export type AnyJson = any;

export type RequestOptions = {
  token?: string | undefined;
  body?: unknown;
  /** Sent as it is. */
  rawBody?: BodyInit;
  headers?: Record<string, string>;
  /** CF-Connecting-IP. */
  network?: string;
  /** False: do not wait for what goes on after the answer. */
  settle?: boolean;
};

export type TestApp = {
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  clock: TestClock;
  sql: Sql;
  /** One raw Redis command. */
  redis(...command: (string | number)[]): Promise<unknown>;
  mail: {
    url: string;
    waitForCode(address: string): Promise<string>;
    list(address: string): Promise<AnyJson[]>;
  };
  media: MemoryBucket;
  /** Sockets of people. */
  channels: TestChannels;
  /** QStash, for this app alone. */
  queue: TestQueue;
  /** Delivers the jobs that are due, and those that follow from them, second by second until none is left. */
  runJobs(): Promise<void>;
  /** One tick of the minute cron. */
  tick(): Promise<void>;
  /** Time passes for the app and for QStash alike: minute by minute, each with its tick. */
  passTime(minutes: number): Promise<void>;
  /** Does something as the system would, outside any request. */
  asSystem<T>(work: (ctx: SystemCtx) => Promise<T>): Promise<T>;
  /** Waits until nothing goes on after any answer. */
  settle(): Promise<void>;
  /** Log lines so far. */
  logs: string[];
  /** The bindings. */
  env: Record<string, unknown>;
  /** After a change of `env`: the app parses it anew, as a fresh isolate would. */
  forgetEnv(): void;
  urls: { planetscale: string; upstash: string; qstash: string; search: string; mail: string; smtp: string };
  /** Makes a stand-in misbehave towards this app alone (mail: towards everybody). */
  fault(
    where: 'planetscale' | 'upstash' | 'qstash' | 'search' | 'mail',
    fault: object | undefined,
  ): Promise<void>;
};

export type TestAppOptions = {
  isListening?: boolean;
  registry?: Partial<Registry>;
  /** What the open web answers: every https request of the app comes here. */
  web?: (request: Request) => Promise<Response>;
  /** What stands between the app and all that it calls: `send` makes the call, with another body if it is given one. */
  between?: (send: (body?: string) => Promise<Response>, call: OutgoingCall) => Promise<Response>;
  /** A MySQL of its own, behind a gateway of its own. */
  mysql?: DatabaseServer;
};

/** A call of the app as it goes out. */
export type OutgoingCall = { url: string; body: string };

const REQUEST_COST = /"message":"request"/;

async function haveNoWeb(): Promise<Response> {
  throw new TypeError('this test has no open web');
}

/** Without a web, days pass without a crawl whose visits would wait for it. */
async function pauseCrawl(sql: Sql, now: Date): Promise<void> {
  await sql(
    `insert into schedules (name, due_at, is_paused, due_by) values ('discovery.daily', ?, true, 'cron')`,
    toSqlTime(now),
  );
}

/**
 * Starts the app for one test file. Call it in `beforeAll`. `isListening` puts a server in front of it, at PUBLIC_URL,
 * so that QStash can deliver jobs.
 */
export async function startTestApp({
  isListening = false,
  registry = {},
  web,
  between = (send) => send(),
  mysql,
}: TestAppOptions = {}): Promise<TestApp> {
  const plane = inject('dataPlane');
  const database = await openTestDatabase(mysql);
  const redisToken = `${plane.env['REDIS_TOKEN'] ?? ''}.${process.env['VITEST_POOL_ID'] ?? '0'}`;
  // The stand-in's key under a name of our own: its faults strike this app alone.
  const meiliKey = process.env['MEILI_URL']
    ? (plane.env['MEILI_KEY'] ?? '')
    : `${plane.env['MEILI_KEY'] ?? ''}.${process.env['VITEST_POOL_ID'] ?? '0'}`;
  const media = createMemoryBucket();
  const channels = createTestChannels();
  const always = { limit: async () => ({ success: true }) };
  const env: Record<string, unknown> = {
    ENVIRONMENT: 'local',
    PUBLIC_URL: 'http://127.0.0.1:8787',
    MAIL_FROM: '루프어스 <no-reply@loopus.local>',
    CORS_ORIGINS: 'https://app.example',
    MIN_APP_VERSION: '1.2.0',
    STAFF_HOST: '127.0.0.1',
    STAFF_ACCESS_ISSUER: 'http://127.0.0.1:8791',
    STAFF_ACCESS_AUDIENCE: 'test-staff',
    ...plane.env,
    CRAWL_CONTACT: 'crawler@loopus.local',
    // Sources answer what the test's `web` says.
    CRAWL_STAND_IN_URL: undefined,
    CRAWL_ROBOTS_EXCEPTIONS: undefined,
    // Cheap hashes: the cost is measured in benches, not paid in every test.
    PASSWORD_SCRYPT: '1024,8,1',
    DATABASE_URL: database.url,
    REDIS_TOKEN: redisToken,
    MEILI_KEY: meiliKey,
    MEDIA: media,
    REALTIME: channels.namespace,
    IMAGES: createTestImages(),
    LIMIT_IP: always,
    LIMIT_READ: always,
    LIMIT_WRITE: always,
  };
  const fetchOutside: typeof fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const send = (body?: string) => {
      const sent = body === undefined ? init : { ...init, body };
      return url.startsWith('https:') ? (web ?? haveNoWeb)(new Request(input, sent)) : fetch(input, sent);
    };
    return between(send, { url, body: typeof init?.body === 'string' ? init.body : '' });
  };
  let bindings = env;
  const queue = await startTestQueue(env);
  env['QSTASH_URL'] = queue.url;
  const urls = { ...plane.urls, qstash: queue.url, ...(mysql && { planetscale: mysql.gatewayUrl }) };
  const clock = startsAt('2026-11-24T03:00:00.000Z');
  if (!web) await pauseCrawl(database.sql, clock.now());
  const logs = captureLogs();
  const pending = new Set<Promise<unknown>>();
  const app = createApp((waitUntil) => ({ afterAnswer: waitUntil, clock, registry, fetch: fetchOutside }));

  async function settle(): Promise<void> {
    while (pending.size > 0) await Promise.allSettled(pending);
  }

  async function redis(...command: (string | number)[]): Promise<unknown> {
    const response = await fetch(plane.urls.upstash, {
      method: 'POST',
      headers: { authorization: `Bearer ${redisToken}` },
      body: JSON.stringify(command),
    });
    return ((await response.json()) as { result: unknown }).result;
  }

  function afterAnswer(work: Promise<unknown>): void {
    const tracked = work.finally(() => pending.delete(tracked));
    pending.add(tracked);
  }

  async function tick(): Promise<void> {
    await runCron(bindings, { afterAnswer, clock, registry, fetch: fetchOutside });
    await settle();
  }

  async function asSystem<T>(work: (ctx: SystemCtx) => Promise<T>): Promise<T> {
    const requestId = crypto.randomUUID();
    const deps = createDeps(parseEnv(bindings), requestId, {
      afterAnswer,
      clock,
      registry,
      fetch: fetchOutside,
    });
    const result = await work({ deps, actor: { kind: 'system' }, requestId });
    await settle();
    return result;
  }

  async function answer(incoming: Request): Promise<Response> {
    return app.fetch(incoming, bindings, {
      waitUntil: afterAnswer,
      passThroughOnException: () => undefined,
      props: {},
    } as unknown as ExecutionContext);
  }

  async function request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const logsBefore = logs.length;
    const response = await answer(buildRequest(method, path, options));
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const body: unknown = isJson && text !== '' ? JSON.parse(text) : text;
    if (isJson) checkAnswer(method, path, response.status, body);
    const line = logs
      .slice(logsBefore)
      .findLast(
        (entry) => REQUEST_COST.test(entry) && entry.includes(response.headers.get('x-request-id') ?? '-'),
      );
    if (options.settle !== false) await settle();
    return {
      status: response.status,
      body,
      bytes,
      headers: response.headers,
      cost: JSON.parse(line ?? '{}') as Answer['cost'],
    };
  }

  if (isListening) env['PUBLIC_URL'] = (await listen(answer)).url;
  await redis('FLUSHDB');
  onTestFailedLogs(logs);
  return {
    request,
    clock,
    sql: database.sql,
    redis,
    media,
    channels,
    queue,
    asSystem,
    tick,
    async runJobs() {
      for (let second = 0; second < 30; second += 1) {
        await settle();
        const isWaiting = (await queue.deliveries()).some(
          ({ state, attempts }) => state === 'waiting' && attempts.length === 0,
        );
        if (!isWaiting) return;
        await queue.advance(1000);
      }
    },
    async passTime(minutes) {
      for (let minute = 0; minute < minutes; minute += 1) {
        clock.advance(60_000);
        await queue.advance(60_000);
        await tick();
        await queue.deliver();
        await settle();
      }
    },
    settle,
    logs,
    env,
    forgetEnv() {
      bindings = { ...env };
    },
    urls,
    mail: createMailReader(plane.urls.mail),
    async fault(where, fault) {
      const credentials = {
        planetscale: basicAuthorization(database.url),
        upstash: `Bearer ${redisToken}`,
        search: `Bearer ${meiliKey}`,
      };
      const authorization = where in credentials ? credentials[where as keyof typeof credentials] : undefined;
      await fetch(`${urls[where]}/_control/faults`, {
        method: fault ? 'POST' : 'DELETE',
        body: JSON.stringify({ mode: 'none', ...fault, ...(authorization && { authorization }) }),
      });
    },
  };
}

function buildRequest(method: string, path: string, options: RequestOptions): Request {
  const headers = new Headers({ 'cf-connecting-ip': options.network ?? '203.0.113.7', ...options.headers });
  if (options.token) headers.set('authorization', `Bearer ${options.token}`);
  const hasJson = options.body !== undefined;
  if (hasJson && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const body = hasJson ? JSON.stringify(options.body) : options.rawBody;
  return new Request(`http://127.0.0.1:8787${path}`, {
    method,
    headers,
    ...(body !== undefined && { body, duplex: 'half' }),
  } as RequestInit);
}

/** As the official client sends it. */
function basicAuthorization(databaseUrl: string): string {
  const { username, password } = new URL(databaseUrl);
  return `Basic ${btoa(`${username}:${password}`)}`;
}

function captureLogs(): string[] {
  const lines: string[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    const print = console[level].bind(console);
    console[level] = (...parts: unknown[]) => {
      lines.push(parts.map(String).join(' '));
      print(...parts);
    };
  }
  return lines;
}

/** A failing test shows what the app logged as warnings and errors. */
function onTestFailedLogs(logs: string[]): void {
  try {
    onTestFailed(() => {
      process.stderr.write(
        `${logs
          .filter((line) => /"level":"(warn|error)"/.test(line))
          .slice(-10)
          .join('\n')}\n`,
      );
    });
  } catch {
    // Called from beforeAll: there is no test yet to hang it on.
  }
}

function createMailReader(url: string): TestApp['mail'] {
  async function list(address: string, waitMs = 0): Promise<AnyJson[]> {
    const response = await fetch(`${url}/api/messages?to=${encodeURIComponent(address)}&wait=${waitMs}`);
    return ((await response.json()) as { messages: AnyJson[] }).messages;
  }
  return {
    url,
    list,
    async waitForCode(address) {
      const [newest] = await list(address, 10_000);
      if (!newest?.code) throw new Error(`no code was mailed to ${address}`);
      return newest.code;
    },
  };
}
