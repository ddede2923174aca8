/** A real Redis server of our own: `redis-server` on PATH, else Docker, else Debian's package unpacked privately. */
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { spawnGuarded, type GuardedProcess } from '../guarded-process.ts';
import { explainNoDebian, unpackDebianPackages } from './debian-packages.ts';
import { isDockerReady, startContainer } from './docker.ts';
import type { EngineAddress } from './mysql.ts';
import { chooseSocketPath, findCacheDirectory, makeEngineDirectory, readEngineOwner } from './places.ts';

const run = promisify(execFile);

export type RedisEngine = EngineAddress & {
  /** For example `7.0.15`. */
  version: string;
  how: 'path' | 'docker' | 'debian';
  stop(): Promise<void>;
};

export type RedisOptions = {
  /** The server's own folder; made when absent. */
  dataDir: string;
  /** Shared by all checkouts; default: places.ts. */
  cacheDir?: string;
  log(line: string): void;
};

type Program = { command: string[]; version: string; how: 'path' | 'debian' };

/**
 * Starts Redis, empty and storing nothing: all that Loop Us keeps there may be lost at any time. Rejects with what to
 * install when none can be had, and with the end of its log when it does not come up.
 */
export async function startRedis(options: RedisOptions): Promise<RedisEngine> {
  const cacheDir = options.cacheDir ?? findCacheDirectory();
  const program =
    (await findOnPath()) ?? ((await isDockerReady()) ? undefined : await findOnDebian(cacheDir, options.log));
  return program ? await startProgram(program, options) : await startInDocker(options);
}

async function findOnPath(): Promise<Program | undefined> {
  try {
    const { stdout } = await run('redis-server', ['--version'], { timeout: 10_000 });
    const version = parseRedisVersion(stdout);
    return version ? { command: ['redis-server'], version, how: 'path' } : undefined;
  } catch {
    return undefined;
  }
}

/** The version in `redis-server --version`, or undefined for anything before Redis 7. */
export function parseRedisVersion(text: string): string | undefined {
  const version = /\bv=(\d+\.\d+\.\d+)/.exec(text)?.[1];
  return version && Number.parseInt(version, 10) >= 7 ? version : undefined;
}

async function findOnDebian(cacheDir: string, log: (line: string) => void): Promise<Program> {
  const reason = await explainNoDebian();
  if (reason) {
    throw new Error(
      `Redis 7 이상이 필요합니다. Redis를 설치하거나 Docker를 켠 뒤 다시 해 보세요.\nLoop Us needs Redis 7 or later. None is on the PATH, no Docker engine answers, and it cannot be downloaded because ${reason}. Install it (macOS: "brew install redis", Ubuntu: "apt-get install redis-server") or start Docker, then try again.`,
    );
  }
  const packages = await unpackDebianPackages({
    name: 'redis',
    suite: 'own',
    packages: ['redis-server'],
    cacheDir,
    log,
  });
  const command = await packages.command('usr/bin/redis-server');
  const { stdout } = await run(command[0] ?? '', [...command.slice(1), '--version']);
  const version = parseRedisVersion(stdout);
  if (!version) throw new Error(`This Debian has ${stdout.trim()}; Loop Us needs Redis 7 or later.`);
  return { command, version, how: 'debian' };
}

async function startProgram(program: Program, options: RedisOptions): Promise<RedisEngine> {
  const { dataDir } = options;
  makeEngineDirectory(dataDir);
  const socketPath = chooseSocketPath(dataDir, 'redis.sock');
  const child = spawnGuarded(
    [
      ...program.command,
      '--port',
      '0',
      '--unixsocket',
      socketPath,
      '--unixsocketperm',
      '700',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      dataDir,
      '--databases',
      '64',
      '--maxmemory',
      '64mb',
      '--maxmemory-policy',
      'noeviction',
    ],
    { logFile: join(dataDir, 'redis.log'), cwd: dataDir, owner: readEngineOwner() },
  );
  await waitForPong({ socketPath }, child);
  return { socketPath, version: program.version, how: program.how, stop: () => child.stop() };
}

async function startInDocker(options: RedisOptions): Promise<RedisEngine> {
  makeEngineDirectory(options.dataDir);
  options.log(
    'redis: Docker에서 시작(처음에는 이미지 내려받기) / starting in Docker (first its image is downloaded) …',
  );
  const { port, process: child } = await startContainer({
    service: 'redis',
    containerPort: 6379,
    dataDir: options.dataDir,
  });
  const address = { host: '127.0.0.1', port };
  await waitForPong(address, child);
  const version = parseServerInfo(await askRedis(address, 'INFO server'));
  return { ...address, version, how: 'docker', stop: () => child.stop() };
}

function parseServerInfo(info: string): string {
  return /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown';
}

async function waitForPong(address: EngineAddress, child: GuardedProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await askRedis(address, 'PING').catch(() => '');
    if (answer.startsWith('+PONG')) return;
    if (child.hasEnded()) throw new Error(`Redis did not start:\n${child.readTail()}`);
    if (Date.now() > deadline) {
      await child.stop();
      throw new Error(`Redis did not answer in 30 s:\n${child.readTail()}`);
    }
    await sleep(20);
  }
}

/** One inline command on a connection of its own; the answer as it comes off the wire. */
async function askRedis(address: EngineAddress, command: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket =
      'socketPath' in address ? connect(address.socketPath) : connect(address.port, address.host);
    let answer = '';
    socket.setTimeout(2000, () => socket.destroy(new Error('no answer')));
    socket.on('connect', () => socket.write(`${command}\r\nQUIT\r\n`));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('utf8');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
