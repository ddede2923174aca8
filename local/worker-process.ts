/** The Worker itself under `wrangler dev`: the same bytes as in production, with addresses and keys of this machine. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnGuarded, type GuardedProcess } from './guarded-process.ts';
import { findFreePort } from './ports.ts';
import { formatEnvFile, writePrivately } from './state.ts';

const CHECKOUT = resolve(import.meta.dirname, '..');
const PATIENCE_MS = 90_000;

export type WorkerProcess = {
  /** Base address of the API, no trailing slash. */
  url: string;
  logFile: string;
  /** Resolves when the Worker's process has ended, by itself or by stop(). */
  ended: Promise<unknown>;
  readTail(): string;
  stop(): Promise<void>;
  /** Ends it outright, as a crash would. */
  kill(): Promise<void>;
};

/**
 * Starts the Worker and waits until it answers `GET /health`. `env` is all of its configuration but its own addresses and what
 * wrangler.toml says for the local environment. A busy port moves on in steps of ten; 0 takes any. Rejects with the end
 * of its log when it does not come up.
 */
export async function startWorker(options: {
  /** Holds its storage, env file and log. */
  stateDir: string;
  port: number;
  env: Record<string, string>;
}): Promise<WorkerProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort(options.port);
    const worker = spawnWorker(port, options);
    if (await waitForHealth(worker)) return worker;
    const words = worker.readTail();
    await worker.stop();
    // Somebody else took the port between our look and wrangler's.
    if (attempt < 3 && /address already in use/i.test(words)) continue;
    throw new Error(`The Worker did not answer on ${worker.url}/health:\n${words}`);
  }
}

function spawnWorker(
  port: number,
  { stateDir, env }: { stateDir: string; env: Record<string, string> },
): WorkerProcess & GuardedProcess {
  const url = `http://127.0.0.1:${port}`;
  const folder = join(stateDir, 'worker');
  mkdirSync(folder, { recursive: true });
  const envFile = join(folder, 'env');
  writePrivately(envFile, formatEnvFile({ ...env, PUBLIC_URL: url, MEDIA_URL: url }));
  const logFile = join(folder, 'worker.log');
  writeFileSync(logFile, '', { mode: 0o600 });
  const child = spawnGuarded(
    [
      process.execPath,
      join(CHECKOUT, 'node_modules/wrangler/bin/wrangler.js'),
      'dev',
      '--env=local',
      '--ip=127.0.0.1',
      `--port=${port}`,
      `--persist-to=${join(folder, 'storage')}`,
      `--env-file=${envFile}`,
      '--show-interactive-dev-session=false',
    ],
    {
      logFile,
      cwd: CHECKOUT,
      env: {
        ...process.env,
        WRANGLER_WRITE_LOGS: 'false',
        // Nothing of this needs the network.
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
        WRANGLER_SEND_METRICS: 'false',
        // Checkouts side by side run a Worker of the same name.
        WRANGLER_REGISTRY_PATH: join(folder, 'registry'),
      },
    },
  );
  return { ...child, url, logFile };
}

/**
 * False when the process has ended, its build has failed (wrangler then waits for a change), or patience has. Asks only
 * once wrangler says that the port is its own: until then somebody else might answer there.
 */
async function waitForHealth(worker: WorkerProcess & GuardedProcess): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!worker.hasEnded() && Date.now() < deadline) {
    const log = worker.readLog();
    if (log.includes('[ERROR]')) return false;
    if (log.includes(`Ready on ${worker.url}`) && (await isHealthy(worker.url))) return true;
    await sleep(50);
  }
  return false;
}

async function isHealthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}
