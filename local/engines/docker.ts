/** Engines as containers of the project's compose.yaml, for machines where a Docker engine answers. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { spawnGuarded, type GuardedProcess } from '../guarded-process.ts';
import { shortHash } from './places.ts';

const run = promisify(execFile);
const COMPOSE_FILE = resolve(import.meta.dirname, '../../compose.yaml');

/** Whether a Docker engine answers within 3 s and has the compose command. */
export async function isDockerReady(): Promise<boolean> {
  try {
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 3000 });
    await run('docker', ['compose', 'version'], { timeout: 3000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts one service of compose.yaml in the foreground, in a compose project (and so with volumes) of its own for
 * `dataDir`, and waits until Docker has given it a port on 127.0.0.1.
 */
export async function startContainer(options: {
  service: 'mysql' | 'redis';
  containerPort: number;
  dataDir: string;
  /** For the variables of compose.yaml. */
  env?: Record<string, string>;
}): Promise<{ port: number; process: GuardedProcess }> {
  const { service, containerPort, dataDir } = options;
  const project = `loopus-${service}-${shortHash(dataDir)}`;
  const compose = ['docker', 'compose', '-f', COMPOSE_FILE, '-p', project];
  const child = spawnGuarded([...compose, 'up', '--no-log-prefix', service], {
    logFile: join(dataDir, `${service}.log`),
    // No fixed port: several checkouts may run at once.
    env: { ...process.env, ...options.env, MYSQL_PORT: '0', REDIS_PORT: '0' },
  });
  while (!child.hasEnded()) {
    const port = await readPublishedPort([...compose, 'port', service, String(containerPort)]);
    if (port) return { port, process: child };
    await new Promise((wake) => setTimeout(wake, 500));
  }
  throw new Error(`Docker could not start ${service}:\n${child.readTail()}`);
}

async function readPublishedPort([command = '', ...args]: string[]): Promise<number | undefined> {
  try {
    const { stdout } = await run(command, args);
    const port = Number(stdout.trim().split(':').pop());
    return port > 0 ? port : undefined;
  } catch {
    return undefined;
  }
}
