import type { Cache } from './cache.ts';
import type { Clock } from './clock.ts';
import type { Database } from './db/client.ts';
import type { IdMaker } from './ids.ts';
import type { Log } from './log.ts';
import type { Mailer } from './mail.ts';
import type { Mails } from './mails.ts';
import type { Outbound } from './outbound.ts';
import type { Jobs } from './jobs/job.ts';
import type { JobQueue } from './jobs/queue.ts';
import type { ScryptCost } from './password.ts';
import type { Pusher } from './push.ts';
import type { Realtime } from './realtime.ts';
import type { Reactions } from './outbox.ts';
import type { Retention } from './retention.ts';
import type { SearchEngine } from './search.ts';
import type { Schedules } from './schedules.ts';

/** The settings that features read. */
export type Config = {
  environment: 'local' | 'staging' | 'production';
  publicUrl: string;
  /** Origins of browser front ends; `*` is anybody. */
  corsOrigins: readonly string[];
  mediaBaseUrl: string;
  /** Hosts of this service and of what it stands on: never read from on somebody's word. */
  ownHosts: readonly string[];
  hmacSecret: string;
  scryptCost: ScryptCost;
  crawl: {
    /** Sources that are read although their robots.txt closes them to us: the operator's decision. */
    robotsExceptions: readonly string[];
    /** Whom site owners can write to. */
    contact: string;
    /** Only in the local edition: where the stand-ins of the sources are. */
    standInUrl: string | undefined;
    youtubeKey: string | undefined;
    naver: { clientId: string; clientSecret: string } | undefined;
    kakaoKey: string | undefined;
  };
};

/** Everything a verb or a query may reach. Built by src/deps.ts, once a request. */
export type Deps = {
  db: Database;
  cache: Cache;
  mail: Mailer;
  queue: JobQueue;
  search: SearchEngine;
  media: R2Bucket;
  /** The sockets of people. */
  realtime: Realtime;
  /** Absent where push is not set up. */
  push: Pusher | undefined;
  /** Cloudflare's image service: each call is charged and none is cached. */
  images: Pick<ImagesBinding, 'input'>;
  clock: Clock;
  ids: IdMaker;
  log: Log;
  outbound: Outbound;
  config: Config;
  /** What this isolate may remember between requests: small, the same for everybody, and only for a while. */
  memory: Map<string, unknown>;
  /** Runs what must not delay the answer; nothing that matters may live only in here. */
  afterAnswer(work: Promise<unknown>): void;
  /** Who reacts to what (src/events.ts). */
  reactions: Reactions;
  /** Every job (src/jobs.ts). */
  jobs: Jobs;
  /** Everything done at a time (src/schedules.ts). */
  schedules: Schedules;
  /** Mails that a job sends (src/mails.ts). */
  mails: Mails;
  /** How data ends (src/retention.ts). */
  retention: Retention;
};

export type UserActor = { kind: 'user'; userId: string; sessionId: string };
export type StaffActor = { kind: 'staff'; staffId: string; email: string; role: 'reader' | 'writer' };
export type Anonymous = { kind: 'anonymous' };
/** The system itself: reactions, jobs, schedules. */
export type SystemActor = { kind: 'system' };
export type Actor = UserActor | StaffActor | Anonymous | SystemActor;

/** What every verb and query takes first. */
export type Ctx<A extends Actor = Actor> = { deps: Deps; actor: A; requestId: string };
export type UserCtx = Ctx<UserActor>;
export type StaffCtx = Ctx<StaffActor>;
/** Of reactions, jobs and schedules: what runs after an answer, and may be run again. */
export type SystemCtx = Ctx<SystemActor>;
