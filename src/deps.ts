import type { Env } from './env.ts';
import { reactions } from './events.ts';
import { jobs } from './jobs.ts';
import { mails } from './mails.ts';
import { createCache, CACHE_TIMEOUT_MS } from './platform/cache.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import type { Deps } from './platform/context.ts';
import { createDatabase, STATEMENT_TIMEOUT_MS } from './platform/db/client.ts';
import { createIdMaker, type IdMaker } from './platform/ids.ts';
import { createQueue } from './platform/jobs/queue.ts';
import { createLog } from './platform/log.ts';
import { createMailer } from './platform/mail.ts';
import { createOutbound } from './platform/outbound.ts';
import { createPusher } from './platform/push.ts';
import { createRealtime } from './platform/realtime.ts';
import { createSearchEngine, SEARCH_TIMEOUT_MS, SEARCH_WRITE_TIMEOUT_MS } from './platform/search.ts';
import { retention } from './retention.ts';
import { schedules } from './schedules.ts';

/** What the surroundings of one invocation give: how to go on after the answer, and in tests the clock and the network. */
export type Surroundings = {
  afterAnswer(work: Promise<unknown>): void;
  clock?: Clock;
  fetch?: typeof fetch;
  /** In tests of the engine room itself: other reactions and jobs than the app's. */
  registry?: Partial<Registry>;
};

/** What src/events.ts, src/jobs.ts, src/schedules.ts, src/retention.ts and src/mails.ts list. */
export type Registry = Pick<Deps, 'reactions' | 'jobs' | 'schedules' | 'retention' | 'mails'>;

const makers = new WeakMap<Clock, IdMaker>();

/** One id maker a clock: ids of one isolate must not meet. */
function idMakerFor(clock: Clock): IdMaker {
  const maker = makers.get(clock) ?? createIdMaker(clock);
  makers.set(clock, maker);
  return maker;
}

const PUSH_TIMEOUT_MS = 10_000;

const memories = new WeakMap<Env, Map<string, unknown>>();

function memoryOf(env: Env): Map<string, unknown> {
  const memory = memories.get(env) ?? new Map<string, unknown>();
  memories.set(env, memory);
  return memory;
}

const hosts = new WeakMap<Env, string[]>();

/** Every host that the configuration names: nobody may make this Worker read from them. */
function hostsOf(env: Env): string[] {
  const known = hosts.get(env);
  if (known) return known;
  const found = Object.entries(env).flatMap(([name, value]) => {
    if (typeof value !== 'string') return [];
    return name.endsWith('_HOST') ? value : (URL.parse(value)?.hostname ?? []);
  });
  hosts.set(env, found);
  return found;
}

function readNaver({ NAVER_CLIENT_ID: clientId, NAVER_CLIENT_SECRET: clientSecret }: Env) {
  return clientId !== undefined && clientSecret !== undefined ? { clientId, clientSecret } : undefined;
}

/** Builds what verbs and queries reach, once an invocation. Opens no connection. */
export function createDeps(env: Env, requestId: string, surroundings: Surroundings): Deps {
  const clock = surroundings.clock ?? systemClock;
  const outbound = createOutbound(surroundings.fetch);
  return {
    db: createDatabase(env.DATABASE_URL, outbound.fetchAs('mysql', STATEMENT_TIMEOUT_MS)),
    cache: createCache(env.REDIS_URL, env.REDIS_TOKEN, outbound.fetchAs('redis', CACHE_TIMEOUT_MS)),
    mail: createMailer(env.MAIL_URL, env.MAIL_FROM, outbound.fetchAs('mail', 15_000)),
    queue: createQueue(env, outbound.fetchAs('qstash', 10_000)),
    search: createSearchEngine(
      env,
      outbound.fetchAs('search', SEARCH_TIMEOUT_MS),
      outbound.fetchAs('search', SEARCH_WRITE_TIMEOUT_MS),
    ),
    media: env.MEDIA,
    images: env.IMAGES,
    realtime: createRealtime(env.REALTIME),
    push:
      env.FCM_SERVICE_ACCOUNT &&
      createPusher({
        account: env.FCM_SERVICE_ACCOUNT,
        fcmUrl: env.FCM_URL,
        fetchFcm: outbound.fetchAs('web', PUSH_TIMEOUT_MS),
        clock,
        memory: memoryOf(env),
      }),
    clock,
    ids: idMakerFor(clock),
    log: createLog({ requestId }),
    outbound,
    config: {
      environment: env.ENVIRONMENT,
      publicUrl: env.PUBLIC_URL,
      corsOrigins: env.CORS_ORIGINS,
      mediaBaseUrl: env.MEDIA_URL ?? env.PUBLIC_URL,
      ownHosts: hostsOf(env),
      hmacSecret: env.HMAC_SECRET,
      scryptCost: env.PASSWORD_SCRYPT,
      crawl: {
        robotsExceptions: env.CRAWL_ROBOTS_EXCEPTIONS,
        contact: env.CRAWL_CONTACT,
        standInUrl: env.CRAWL_STAND_IN_URL,
        youtubeKey: env.YOUTUBE_API_KEY,
        naver: readNaver(env),
        kakaoKey: env.KAKAO_REST_KEY,
      },
    },
    memory: memoryOf(env),
    afterAnswer: surroundings.afterAnswer,
    reactions,
    jobs,
    schedules,
    retention,
    mails,
    ...surroundings.registry,
  };
}
