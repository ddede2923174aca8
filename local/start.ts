/** `npm start`: the whole of Loop Us on this machine, until Ctrl-C. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { josa } from 'es-hangul';
import { hashPassword } from '../src/platform/password.ts';
import { askForRebuild } from './commands/search-rebuild.ts';
import { beginCrawl } from './crawl/begin-crawl.ts';
import { fireCron, startCron } from './cron.ts';
import {
  LATENCY_PROFILES,
  QUEUE_FILE,
  SEARCH_FILE,
  startDataPlane,
  type LatencyProfile,
} from './data-plane.ts';
import { findStateDirectory } from './engines/places.ts';
import { watchLauncher } from './launcher.ts';
import { describeProcess, isAlive, withLock } from './lock.mjs';
import { migrateDatabase } from './migrate.ts';
import { seedDemo, type DemoLogIn } from './seed/demo.ts';
import { seedDirectory } from './seed/seed.ts';
import { writePrivately } from './state.ts';
import { startWorker, type WorkerProcess } from './worker-process.ts';

const CHECKOUT = resolve(import.meta.dirname, '..');
const API_PORT = 8787;
/** That of wrangler.toml. */
const PASSWORD_COST = { n: 16_384, r: 8, p: 5 };
const PORTS = {
  planetscale: 8788,
  upstash: 8789,
  qstash: 8790,
  access: 8791,
  fcm: 8793,
  crawl: 8794,
  meilisearch: 7700,
  inbox: 8025,
};

type Options = { latency: LatencyProfile; isFresh: boolean };

const started = Date.now();
const stops: (() => Promise<void> | void)[] = [];
let stopping: Promise<void> | undefined;

try {
  await run(readOptions());
} catch (error) {
  if (!stopping) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    await stopAll(1);
  }
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: { latency: { type: 'string', default: 'none' }, fresh: { type: 'boolean', default: false } },
  });
  const latency = LATENCY_PROFILES.find((name) => name === values.latency);
  if (!latency) throw new Error(`--latency: ${LATENCY_PROFILES.join(' | ')}`);
  return { latency, isFresh: values.fresh };
}

async function run({ latency, isFresh }: Options): Promise<void> {
  const stateDir = join(findStateDirectory(CHECKOUT), 'start');
  mkdirSync(stateDir, { recursive: true });
  await claim(stateDir);
  stopOnSignals();
  if (isFresh) {
    for (const name of ['mysql', 'worker', QUEUE_FILE, SEARCH_FILE])
      rmSync(join(stateDir, name), { recursive: true, force: true });
  }

  say('루프어스를 시작합니다 … / Starting Loop Us …');
  const dataPlane = await startDataPlane({
    stateDir,
    latency,
    ports: PORTS,
    isQueueKept: true,
    log: say,
  });
  stops.push(() => dataPlane.stop());
  const { mysql, redis } = dataPlane;
  say(`MySQL ${mysql.version} (${mysql.how}), Redis ${redis.version} (${redis.how})`);
  const databaseUrl = dataPlane.env.DATABASE_URL ?? '';
  await migrateDatabase(databaseUrl);
  await seedDirectory(databaseUrl);
  const logIn = await seedDemo(databaseUrl, {
    now: new Date(),
    hashPassword: (password) => hashPassword(password, PASSWORD_COST),
  });
  say('Worker …');
  const worker = await startWorker({ stateDir, port: API_PORT, env: dataPlane.env });
  stops.push(() => worker.stop());
  // What a run that was killed had written to MySQL may not stand in the index file.
  await askForRebuild({ ...dataPlane.env, PUBLIC_URL: worker.url });
  stops.push(startCron(worker.url, say));
  stops.push(await beginCrawl(databaseUrl, () => fireCron(worker.url, say)));
  void watchWorker(worker);
  announce(stateDir, worker, dataPlane.urls.mail, logIn);
}

/** A Worker that ends by itself ends everything. */
async function watchWorker(worker: WorkerProcess): Promise<void> {
  await worker.ended;
  if (stopping) return;
  process.stderr.write(`\nWorker가 멈췄습니다. / The Worker has ended:\n${worker.readTail()}\n`);
  await stopAll(1);
}

/** One `npm start` a checkout. Throws, naming the addresses, when another one runs. */
async function claim(stateDir: string): Promise<void> {
  const path = join(stateDir, 'running.json');
  await withLock(join(stateDir, 'start.lock'), async () => {
    const other = existsSync(path)
      ? (JSON.parse(readFileSync(path, 'utf8')) as { process: string; api?: string })
      : undefined;
    if (other && isAlive(other.process)) {
      const where = other.api ?? '…';
      throw new Error(
        `이 체크아웃에서 이미 실행 중입니다: ${where} (프로세스 ${other.process.split(' ')[0]})\nAlready running in this checkout: ${where} (process ${other.process.split(' ')[0]})`,
      );
    }
    writePrivately(path, JSON.stringify({ process: describeProcess(process.pid) }));
  });
  stops.push(() => rmSync(path, { force: true }));
}

function announce(
  stateDir: string,
  worker: WorkerProcess,
  mailUrl: string,
  logIn: DemoLogIn | undefined,
): void {
  writePrivately(
    join(stateDir, 'running.json'),
    JSON.stringify({ process: describeProcess(process.pid), api: worker.url, mail: mailUrl }),
  );
  say(`
루프어스가 실행 중입니다. / Loop Us is running (${((Date.now() - started) / 1000).toFixed(1)} s).

  API             ${worker.url}
  문서 / docs      ${worker.url}/docs
  메일함 / mail    ${mailUrl}
  기록 / log       ${relative(process.cwd(), worker.logFile)}
${logIn ? describeLogIn(logIn) : ''}
Ctrl-C로 모두 멈춥니다. / Ctrl-C stops all of it.
`);
}

function describeLogIn({ name, email, password }: DemoLogIn): string {
  return `
가상의 학생들이 있습니다. ${josa(name, '으로/로')} 로그인해 보세요. / Made-up students live here; log in as one of them:
  POST /v1/sessions  {"email": "${email}", "password": "${password}"}
`;
}

function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stopAll(0));
  watchLauncher(() => void stopAll(0));
}

/** Stops what was started, last first, and ends the process. */
async function stopAll(exitCode: number): Promise<void> {
  stopping ??= (async () => {
    if (stops.length > 1) say('\n멈추는 중 … / Stopping …');
    for (const stop of stops.splice(0).toReversed()) {
      try {
        await stop();
      } catch (error) {
        process.stderr.write(`${String(error)}\n`);
      }
    }
    process.exit(exitCode);
  })();
  await stopping;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
