/** The built Worker under plain workerd: the bytes that are deployed, without what `wrangler dev` puts around them. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { unstable_readConfig as readConfig } from 'wrangler';
import { spawnGuarded } from '../local/guarded-process.ts';
import { findFreePort } from '../local/ports.ts';

/** The npm package says where the platform's program is, without types. */
const workerdPath = (createRequire(import.meta.url)('workerd') as { default: string }).default;
const run = promisify(execFile);
const CHECKOUT = resolve(import.meta.dirname, '..');
const WRANGLER = join(CHECKOUT, 'node_modules/wrangler/bin/wrangler.js');
const WRANGLER_ENV = { WRANGLER_SEND_METRICS: 'false', WRANGLER_WRITE_LOGS: 'false' };
const PORT = 18_787;
const PATIENCE_MS = 30_000;

/** What is read of wrangler.toml; wrangler's own type of it goes by packages that are not installed. */
type BuildConfig = {
  vars: Record<string, unknown>;
  ratelimits: { name: string }[];
  r2_buckets: { binding: string }[];
  images?: { binding: string };
  durable_objects: { bindings: { name: string; class_name: string }[] };
  compatibility_date: string;
  compatibility_flags: string[];
};

export type BuiltWorker = { folder: string; bytes: number; gzipBytes: number };

/** Builds the Worker as `npm run deploy` does. */
export async function buildWorker(folder: string): Promise<BuiltWorker> {
  rmSync(folder, { recursive: true, force: true });
  const options = ['deploy', '--dry-run', '--minify', '--env=local', `--outdir=${folder}`];
  await run(process.execPath, [WRANGLER, ...options], {
    cwd: CHECKOUT,
    env: { ...process.env, ...WRANGLER_ENV },
  });
  const bytes = readFileSync(join(folder, 'worker.js'));
  return { folder, bytes: bytes.length, gzipBytes: gzipSync(bytes).length };
}

export type RunningWorker = {
  url: string;
  /** Part of its process's command line. */
  configFile: string;
  readTail(): string;
  stop(): Promise<void>;
};

/** Starts it with `env` beside what wrangler.toml says for the local environment. Rejects with its words when it does not come up. */
export async function startBuiltWorker(
  built: BuiltWorker,
  env: Record<string, string>,
): Promise<RunningWorker> {
  const port = await findFreePort(PORT);
  const url = `http://127.0.0.1:${port}`;
  const configFile = join(built.folder, 'config.capnp');
  const bindings = join(built.folder, 'bindings');
  mkdirSync(bindings, { recursive: true });
  for (const name of ['rate-limit.js', 'absent.js'])
    copyFileSync(join(import.meta.dirname, 'bindings', name), join(bindings, name));
  writeFileSync(configFile, writeConfig(port, { ...env, PUBLIC_URL: url }), { mode: 0o600 });
  const logFile = join(built.folder, 'workerd.log');
  writeFileSync(logFile, '', { mode: 0o600 });
  const child = spawnGuarded([workerdPath, 'serve', configFile], { logFile, cwd: built.folder });
  const deadline = Date.now() + PATIENCE_MS;
  while (!child.hasEnded() && Date.now() < deadline) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return { url, configFile, readTail: child.readTail, stop: () => child.stop() };
    if (answer) break;
    await sleep(50);
  }
  await child.stop();
  throw new Error(`The built Worker does not answer ${url}/health:\n${child.readTail()}`);
}

function writeConfig(port: number, env: Record<string, string>): string {
  const config = readConfig({ config: join(CHECKOUT, 'wrangler.toml'), env: 'local' }) as BuildConfig;
  const texts = Object.entries({ ...config.vars, ...env }).map(
    ([name, value]) => `(name = ${quote(name)}, text = ${quote(String(value))})`,
  );
  const wrapped = [
    ...config.ratelimits.map(({ name }) => ({ name, module: 'bench:rate-limit' })),
    ...config.r2_buckets.map(({ binding }) => ({ name: binding, module: 'bench:absent' })),
    ...(config.images ? [{ name: config.images.binding, module: 'bench:absent' }] : []),
  ].map(({ name, module }) => `(name = ${quote(name)}, wrapped = (moduleName = ${quote(module)}))`);
  const objects = config.durable_objects.bindings;
  const namespaces = objects.map(
    ({ name, class_name }) => `(name = ${quote(name)}, durableObjectNamespace = ${quote(class_name)})`,
  );
  const classes = objects.map(
    ({ class_name }) =>
      `(className = ${quote(class_name)}, uniqueKey = ${quote(class_name)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "loopus", worker = .loopus),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "loopus")],
  extensions = [(modules = [
    (name = "bench:rate-limit", internal = true, esModule = embed "bindings/rate-limit.js"),
    (name = "bench:absent", internal = true, esModule = embed "bindings/absent.js"),
  ])],
);

const loopus :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = ${quote(config.compatibility_date)},
  compatibilityFlags = [${config.compatibility_flags.map(quote).join(', ')}],
  durableObjectNamespaces = [${classes.join(', ')}],
  durableObjectStorage = (inMemory = void),
  bindings = [
    ${[...texts, ...wrapped, ...namespaces].join(',\n    ')}
  ],
);
`;
}

/** As a Cap'n Proto text. */
function quote(text: string): string {
  return JSON.stringify(text);
}

/** Milliseconds of processor time that the Worker takes to start, as `wrangler check startup` tells: the least of three tries. */
export async function measureStartUp({ folder }: BuiltWorker): Promise<number> {
  const bundle = join(folder, 'worker.bundle');
  const env = { ...process.env, ...WRANGLER_ENV };
  const build = [
    'deploy',
    '--dry-run',
    '--minify',
    '--env=local',
    `--outdir=${folder}-bundle`,
    `--outfile=${bundle}`,
  ];
  await run(process.execPath, [WRANGLER, ...build], { cwd: CHECKOUT, env });
  const check = ['check', 'startup', `--worker=${bundle}`, `--outfile=${join(folder, 'startup.cpuprofile')}`];
  const tries: number[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const { stdout } = await run(process.execPath, [WRANGLER, ...check], { cwd: CHECKOUT, env });
    tries.push(Number(/Active: ([\d.]+) ms/.exec(stdout)?.[1]));
  }
  return Math.min(...tries);
}
