/**
 * A real MySQL server of our own: `mysqld` on PATH, else Docker, else Debian's packages unpacked privately. Never
 * MariaDB: it accepts statements that MySQL (and so production) refuses.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { spawnGuarded, type GuardedProcess } from '../guarded-process.ts';
import { withLock } from '../lock.mjs';
import { explainNoDebian, unpackDebianPackages } from './debian-packages.ts';
import { isDockerReady, startContainer } from './docker.ts';
import { chooseSocketPath, findCacheDirectory, makeEngineDirectory, readEngineOwner } from './places.ts';

const run = promisify(execFile);

/** PlanetScale's, see its documentation on SQL mode; Debian's build would add IGNORE_SPACE. */
export const PLANETSCALE_SQL_MODE =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

const APP_USER = 'loopus';
const APP_PASSWORD = 'loopus';

/** Where a server listens: a unix socket, or (in Docker) a port on 127.0.0.1. Fits mysql2's connection options. */
export type EngineAddress = { socketPath: string } | { host: string; port: number };

export type MysqlEngine = EngineAddress & {
  user: string;
  password: string;
  /** For example `9.7.4`. */
  version: string;
  how: 'path' | 'docker' | 'debian';
  stop(): Promise<void>;
};

export type MysqlOptions = {
  /** The server's own folder; made when absent. */
  dataDir: string;
  /** Shared by all checkouts; default: places.ts. */
  cacheDir?: string;
  /** InnoDB's buffer pool, in MiB. */
  bufferPoolMb?: number;
  log(line: string): void;
};

type Program = { command: string[]; flags: string[]; version: string; how: 'path' | 'debian' };

/**
 * Starts MySQL on `dataDir` and makes the user `loopus`, who may do everything. Rejects with what to install when no
 * real MySQL can be had, and with the end of the server's log when it does not come up.
 */
export async function startMysql(options: MysqlOptions): Promise<MysqlEngine> {
  const cacheDir = options.cacheDir ?? findCacheDirectory();
  const program =
    (await findOnPath()) ?? ((await isDockerReady()) ? undefined : await findOnDebian(cacheDir, options.log));
  return program ? await startProgram(program, cacheDir, options) : await startInDocker(options);
}

async function findOnPath(): Promise<Program | undefined> {
  try {
    const { stdout } = await run('mysqld', ['--no-defaults', '--version'], { timeout: 10_000 });
    const version = parseMysqlVersion(stdout);
    return version ? { command: ['mysqld'], flags: [], version, how: 'path' } : undefined;
  } catch {
    return undefined;
  }
}

/** The version in `mysqld --version`, or undefined for MariaDB and anything before MySQL 8. */
export function parseMysqlVersion(text: string): string | undefined {
  const version = /\bVer (\d+\.\d+\.\d+)/.exec(text)?.[1];
  if (!version || /mariadb/i.test(text) || Number.parseInt(version, 10) < 8) return undefined;
  return version;
}

async function findOnDebian(cacheDir: string, log: (line: string) => void): Promise<Program> {
  const reason = await explainNoDebian();
  if (reason) {
    throw new Error(
      `진짜 MySQL 8 이상이 필요합니다(MariaDB는 안 됩니다). MySQL을 설치하거나 Docker를 켠 뒤 다시 해 보세요.\nLoop Us needs a real MySQL 8 or later (not MariaDB). None is on the PATH, no Docker engine answers, and it cannot be downloaded because ${reason}. Install MySQL (macOS: "brew install mysql", Ubuntu: "apt-get install mysql-server-core-8.0") or start Docker, then try again.`,
    );
  }
  const packages = await unpackDebianPackages({
    name: 'mysql',
    suite: 'sid',
    packages: ['mysql-server-core'],
    cacheDir,
    log,
  });
  const command = await packages.command('usr/sbin/mysqld');
  const { stdout } = await run(command[0] ?? '', [...command.slice(1), '--no-defaults', '--version']);
  const version = parseMysqlVersion(stdout);
  if (!version)
    throw new Error(`Debian's mysqld calls itself "${stdout.trim()}", which is no MySQL 8 or later.`);
  const usr = join(packages.root, 'usr');
  const flags = [
    `--basedir=${usr}`,
    `--lc-messages-dir=${usr}/share/mysql`,
    `--plugin-dir=${usr}/lib/mysql/plugin`,
  ];
  return { command, flags, version, how: 'debian' };
}

async function startProgram(program: Program, cacheDir: string, options: MysqlOptions): Promise<MysqlEngine> {
  const { dataDir } = options;
  makeEngineDirectory(dataDir);
  await fillDataDirectory(program, cacheDir, dataDir, options.log);
  const socketPath = chooseSocketPath(dataDir, 'mysql.sock');
  const sizes = chooseSizes(options.bufferPoolMb);
  const child = spawnGuarded(
    [
      ...program.command,
      '--no-defaults',
      ...program.flags,
      ...SERVER_FLAGS,
      `--innodb-buffer-pool-size=${sizes.bufferPool}`,
      `--innodb-redo-log-capacity=${sizes.redoLog}`,
      `--datadir=${join(dataDir, 'data')}`,
      `--socket=${socketPath}`,
      `--pid-file=${join(dataDir, 'mysql.pid')}`,
      '--skip-networking',
    ],
    { logFile: join(dataDir, 'mysql.log'), cwd: dataDir, owner: readEngineOwner() },
  );
  await prepareServer({ socketPath }, child);
  return {
    socketPath,
    user: APP_USER,
    password: APP_PASSWORD,
    version: program.version,
    how: program.how,
    stop: () => child.stop(),
  };
}

async function startInDocker(options: MysqlOptions): Promise<MysqlEngine> {
  makeEngineDirectory(options.dataDir);
  options.log(
    'mysql: Docker에서 시작(처음에는 이미지 내려받기) / starting in Docker (first its image is downloaded) …',
  );
  const sizes = chooseSizes(options.bufferPoolMb);
  const { port, process: child } = await startContainer({
    service: 'mysql',
    containerPort: 3306,
    dataDir: options.dataDir,
    env: { MYSQL_BUFFER_POOL: sizes.bufferPool, MYSQL_REDO_LOG: sizes.redoLog },
  });
  const address = { host: '127.0.0.1', port };
  const version = await prepareServer(address, child, 120_000);
  return {
    ...address,
    user: APP_USER,
    password: APP_PASSWORD,
    version,
    how: 'docker',
    stop: () => child.stop(),
  };
}

/** Settings that production has too, then those that make a small server that may lose data when the machine dies. */
export const SERVER_FLAGS: readonly string[] = [
  `--sql-mode=${PLANETSCALE_SQL_MODE}`,
  '--default-time-zone=+00:00',
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_0900_ai_ci',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--mysqlx=OFF',
  '--secure-file-priv=NULL',
  '--performance-schema=OFF',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=OFF',
  '--innodb-use-native-aio=0',
];

/** The buffer pool, and a redo log in proportion to what it can hold unwritten. */
function chooseSizes(bufferPoolMb = 64): { bufferPool: string; redoLog: string } {
  return { bufferPool: `${bufferPoolMb}M`, redoLog: `${Math.max(32, Math.floor(bufferPoolMb / 2))}M` };
}

/** Initialising takes seconds, copying an initialised folder a fraction of one. */
async function fillDataDirectory(
  program: Program,
  cacheDir: string,
  dataDir: string,
  log: (line: string) => void,
): Promise<void> {
  const data = join(dataDir, 'data');
  if (existsSync(data)) return;
  const template = join(cacheDir, `mysql-template-${program.version}-${process.arch}`);
  await mkdir(cacheDir, { recursive: true });
  await withLock(`${template}.lock`, async () => {
    if (existsSync(join(template, 'data'))) return;
    log(`mysql: 빈 데이터베이스 준비 / preparing an empty database (${program.version}) …`);
    await rm(template, { recursive: true, force: true });
    makeEngineDirectory(template);
    await initialise(program, template);
  });
  await rm(`${data}.partial`, { recursive: true, force: true });
  await run('cp', ['-Rp', join(template, 'data'), `${data}.partial`], { ...readEngineOwner() });
  await rename(`${data}.partial`, data);
}

async function initialise(program: Program, template: string): Promise<void> {
  const partial = join(template, 'partial');
  const child = spawnGuarded(
    [
      ...program.command,
      '--no-defaults',
      ...program.flags,
      ...SERVER_FLAGS,
      // The template is copied for every data folder: let it be small.
      `--innodb-redo-log-capacity=${chooseSizes().redoLog}`,
      `--datadir=${partial}`,
      '--initialize-insecure',
    ],
    { logFile: join(template, 'initialise.log'), cwd: template, owner: readEngineOwner() },
  );
  const code = await child.ended;
  if (code !== 0)
    throw new Error(`MySQL could not initialise its data folder (exit ${code}):\n${child.readTail()}`);
  await rename(partial, join(template, 'data'));
}

/** Waits for the server to answer root, makes the app's user, and gives the server's version. */
async function prepareServer(
  address: EngineAddress,
  child: GuardedProcess,
  patienceMs = 60_000,
): Promise<string> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await createAppUser(address);
    } catch (error) {
      if (child.hasEnded()) throw new Error(`MySQL did not start:\n${child.readTail()}`, { cause: error });
      if (Date.now() > deadline) {
        await child.stop();
        throw new Error(`MySQL did not answer in ${patienceMs / 1000} s:\n${child.readTail()}`, {
          cause: error,
        });
      }
      await sleep(50);
    }
  }
}

async function createAppUser(address: EngineAddress): Promise<string> {
  const connection = await createConnection({ ...address, user: 'root', connectTimeout: 5000 });
  try {
    await connection.query(`CREATE USER IF NOT EXISTS '${APP_USER}'@'%' IDENTIFIED BY '${APP_PASSWORD}'`);
    await connection.query(`GRANT ALL ON *.* TO '${APP_USER}'@'%' WITH GRANT OPTION`);
    const [rows] = await connection.query('SELECT VERSION() AS version');
    return (rows as { version: string }[])[0]?.version ?? '';
  } finally {
    await connection.end();
  }
}
