/** Everything outside the Worker, on one machine: real MySQL and Redis, and stand-ins that speak the services' protocols. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startAccess } from './access/signer.ts';
import { startCrawlSites } from './crawl/server.ts';
import { startMysql, type MysqlEngine } from './engines/mysql.ts';
import { startRedis, type RedisEngine } from './engines/redis.ts';
import { startFcm, type Fcm } from './fcm/server.ts';
import { startInbox, type Inbox } from './inbox/server.ts';
import { startMeilisearch } from './meilisearch/server.ts';
import { startPlanetscaleGateway, type PlanetscaleGateway } from './planetscale/gateway.ts';
import { listenNear } from './ports.ts';
import { startQstash } from './qstash/server.ts';
import type { StandIn } from './stand-in.ts';
import { readSecrets, type Secrets } from './state.ts';
import { startUpstashGateway } from './upstash/gateway.ts';

/** That of wrangler.toml's local environment. */
const STAFF_AUDIENCE = 'loopus-local-staff';

/** Milliseconds the services are away. `tokyo`: as seen from a Worker placed beside them, and QStash across the world. */
const LATENCY = {
  none: { mysql: 0, redis: 0, meilisearch: 0, qstash: 0, crawl: 0 },
  tokyo: { mysql: 3, redis: 2, meilisearch: 5, qstash: 200, crawl: 50 },
} as const;

export const LATENCY_PROFILES = Object.keys(LATENCY) as LatencyProfile[];

export type LatencyProfile = keyof typeof LATENCY;

/** Where each stand-in should listen (mail comes in on `inbox` + 1). A busy port moves on in steps of ten; 0 or absent takes any. */
export type DataPlanePorts = Partial<
  Record<'planetscale' | 'upstash' | 'qstash' | 'meilisearch' | 'access' | 'fcm' | 'crawl' | 'inbox', number>
>;

export type DataPlane = {
  /** The Worker's configuration as far as the data plane decides it (names as in src/env.ts). */
  env: Record<string, string>;
  urls: Record<
    'planetscale' | 'upstash' | 'qstash' | 'search' | 'access' | 'fcm' | 'crawl' | 'mail' | 'smtp',
    string
  >;
  mysql: MysqlEngine;
  redis: RedisEngine;
  /** Makes a database (name: letters, digits, `_`) unless it exists, and gives the DATABASE_URL that reaches it. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
};

export type DataPlaneOptions = {
  /** Holds databases, logs and secrets; one data plane at a time may use it. */
  stateDir: string;
  /** The database that DATABASE_URL names; default `loopus`. */
  database?: string;
  latency?: LatencyProfile;
  ports?: DataPlanePorts;
  /** Keeps what waits in QStash and the search indexes over a restart; without it every start has none. */
  isQueueKept?: boolean;
  /** MySQL's buffer pool, in MiB. */
  bufferPoolMb?: number;
  log?(line: string): void;
};

/** In the state folder. */
export const QUEUE_FILE = 'qstash.json';
export const SEARCH_FILE = 'meilisearch.json';
const CRAWL_FILE = 'crawl-tags.json';

/** A server of one's own, such as that of compose.yaml, in place of the stand-in. */
function readOwnSearch(): { url: string; key: string } | undefined {
  const { MEILI_URL, MEILI_KEY = 'none' } = process.env;
  return MEILI_URL ? { url: MEILI_URL.replace(/\/$/, ''), key: MEILI_KEY } : undefined;
}

type Stops = (() => Promise<void>)[];

/** Starts all of it, or nothing: when one part fails, those already started are stopped. */
export async function startDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  mkdirSync(options.stateDir, { recursive: true });
  const stops: Stops = [];
  async function stop(): Promise<void> {
    for (const act of stops.splice(0).toReversed()) await act();
  }
  try {
    const secrets = readSecrets(options.stateDir);
    const { mysql, redis } = await startEngines(options, stops);
    const standIns = await startStandIns({ mysql, redis, secrets, options, stops });
    async function createDatabase(name: string): Promise<string> {
      await standIns.planetscale.createDatabase(name);
      return standIns.planetscale.databaseUrl(name);
    }
    const databaseUrl = await createDatabase(options.database ?? 'loopus');
    const urls = listUrls(standIns);
    return {
      env: buildEnv(urls, secrets, databaseUrl, standIns.fcm.serviceAccount),
      urls,
      mysql,
      redis,
      createDatabase,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startEngines(
  { stateDir, bufferPoolMb, log = () => undefined }: DataPlaneOptions,
  stops: Stops,
): Promise<{ mysql: MysqlEngine; redis: RedisEngine }> {
  const starting = {
    mysql: startMysql({ dataDir: join(stateDir, 'mysql'), log, ...(bufferPoolMb ? { bufferPoolMb } : {}) }),
    redis: startRedis({ dataDir: join(stateDir, 'redis'), log }),
  };
  for (const started of await Promise.allSettled(Object.values(starting))) {
    if (started.status === 'fulfilled') stops.push(() => started.value.stop());
  }
  return { mysql: await starting.mysql, redis: await starting.redis };
}

type StandIns = {
  planetscale: PlanetscaleGateway;
  upstash: StandIn;
  qstash: StandIn;
  /** The stand-in, or where the real server is. */
  search: StandIn | { url: string };
  access: StandIn;
  fcm: Fcm;
  crawl: StandIn;
  inbox: Inbox;
};

async function startStandIns(parts: {
  mysql: MysqlEngine;
  redis: RedisEngine;
  secrets: Secrets;
  options: DataPlaneOptions;
  stops: Stops;
}): Promise<StandIns> {
  const { mysql, redis, secrets, stops } = parts;
  const { ports = {}, latency = 'none', isQueueKept, stateDir } = parts.options;
  const away = LATENCY[latency];
  async function keep<T extends StandIn>(starting: Promise<T>): Promise<T> {
    const standIn = await starting;
    stops.push(() => standIn.close());
    return standIn;
  }
  return {
    planetscale: await keep(
      listenNear(ports.planetscale, (port) =>
        startPlanetscaleGateway({ mysql, port, latencyMs: away.mysql }),
      ),
    ),
    upstash: await keep(
      listenNear(ports.upstash, (port) =>
        startUpstashGateway({ redis, port, latencyMs: away.redis, token: secrets.redisToken }),
      ),
    ),
    qstash: await keep(
      listenNear(ports.qstash, (port) =>
        startQstash({
          port,
          latencyMs: away.qstash,
          token: secrets.qstashToken,
          currentSigningKey: secrets.qstashCurrentSigningKey,
          nextSigningKey: secrets.qstashNextSigningKey,
          ...(isQueueKept ? { statePath: join(stateDir, QUEUE_FILE) } : {}),
        }),
      ),
    ),
    search:
      readOwnSearch() ??
      (await keep(
        listenNear(ports.meilisearch, (port) =>
          startMeilisearch({
            port,
            latencyMs: away.meilisearch,
            key: secrets.meiliKey,
            ...(isQueueKept ? { statePath: join(stateDir, SEARCH_FILE) } : {}),
          }),
        ),
      )),
    access: await keep(
      listenNear(ports.access, (port) =>
        startAccess({ port, audience: STAFF_AUDIENCE, keysPath: join(stateDir, 'access-keys.json') }),
      ),
    ),
    fcm: await keep(
      listenNear(ports.fcm, (port) => startFcm({ port, keyPath: join(stateDir, 'fcm-key.pem') })),
    ),
    crawl: await keep(
      listenNear(ports.crawl, (port) =>
        startCrawlSites({
          port,
          latencyMs: away.crawl,
          keys: secrets,
          ...(isQueueKept ? { keptIn: join(stateDir, CRAWL_FILE) } : {}),
        }),
      ),
    ),
    inbox: await keep(
      listenNear(ports.inbox, (port) => startInbox({ port, smtpPort: port === 0 ? 0 : port + 1 })),
    ),
  };
}

function listUrls({
  planetscale,
  upstash,
  qstash,
  search,
  access,
  fcm,
  crawl,
  inbox,
}: StandIns): DataPlane['urls'] {
  return {
    planetscale: planetscale.url,
    upstash: upstash.url,
    qstash: qstash.url,
    search: search.url,
    access: access.url,
    fcm: fcm.url,
    crawl: crawl.url,
    mail: inbox.url,
    smtp: `smtp://127.0.0.1:${inbox.smtpPort}`,
  };
}

function buildEnv(
  urls: DataPlane['urls'],
  secrets: Secrets,
  databaseUrl: string,
  serviceAccount: string,
): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: urls.upstash,
    REDIS_TOKEN: secrets.redisToken,
    QSTASH_URL: urls.qstash,
    QSTASH_TOKEN: secrets.qstashToken,
    QSTASH_CURRENT_SIGNING_KEY: secrets.qstashCurrentSigningKey,
    QSTASH_NEXT_SIGNING_KEY: secrets.qstashNextSigningKey,
    MEILI_URL: urls.search,
    MEILI_KEY: readOwnSearch()?.key ?? secrets.meiliKey,
    MAIL_URL: urls.smtp,
    STAFF_ACCESS_ISSUER: urls.access,
    STAFF_ACCESS_AUDIENCE: STAFF_AUDIENCE,
    // An env file takes no quotes.
    FCM_SERVICE_ACCOUNT: btoa(serviceAccount),
    FCM_URL: urls.fcm,
    CRAWL_STAND_IN_URL: urls.crawl,
    // Imitations only: of the real sites this is the operator's decision (docs/operations.md).
    CRAWL_ROBOTS_EXCEPTIONS: 'google-news,brunch',
    YOUTUBE_API_KEY: secrets.youtubeApiKey,
    NAVER_CLIENT_ID: secrets.naverClientId,
    NAVER_CLIENT_SECRET: secrets.naverClientSecret,
    KAKAO_REST_KEY: secrets.kakaoRestKey,
    HMAC_SECRET: secrets.hmacSecret,
  };
}
