import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findStateDirectory } from './places.ts';
import {
  parseMysqlVersion,
  PLANETSCALE_SQL_MODE,
  SERVER_FLAGS,
  startMysql,
  type MysqlEngine,
} from './mysql.ts';

/** The first start on a machine downloads the server. */
const START_MS = 300_000;

describe('parseMysqlVersion', () => {
  it.each([
    ['/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))', '9.7.4'],
    ['mysqld  Ver 8.0.45 for macos15 on arm64 (Homebrew)', '8.0.45'],
    ['mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))', undefined],
    ['mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)', undefined],
    ['', undefined],
  ])('%s', (text, version) => {
    expect(parseMysqlVersion(text)).toBe(version);
  });
});

describe('compose.yaml', () => {
  it('starts MySQL with the same settings', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../compose.yaml'), 'utf8');
    const flags = [...text.matchAll(/^\s+- (--\S+)$/gm)].map((match) => match[1]!);
    expect(flags.filter((flag) => !flag.includes('${'))).toEqual(SERVER_FLAGS);
  });
});

describe('startMysql', () => {
  const dataDir = join(findStateDirectory(resolve(import.meta.dirname, '../..')), 'mysql-test');
  let mysql: MysqlEngine;

  beforeAll(async () => {
    rmSync(dataDir, { recursive: true, force: true });
    mysql = await startMysql({ dataDir, bufferPoolMb: 96, log: () => undefined });
  }, START_MS);
  afterAll(async () => {
    await mysql.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function query(sql: string): Promise<RowDataPacket[]> {
    const { user, password } = mysql;
    const address =
      'socketPath' in mysql ? { socketPath: mysql.socketPath } : { host: mysql.host, port: mysql.port };
    const connection = await createConnection({ ...address, user, password });
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      return rows;
    } finally {
      await connection.end();
    }
  }

  it('is a MySQL 8 or later with the settings of production', async () => {
    const [row] = await query(
      'SELECT VERSION() version, @@global.sql_mode mode, @@global.time_zone zone, @@collation_server collation, @@innodb_buffer_pool_size / 1048576 pool',
    );
    expect(parseMysqlVersion(`Ver ${row?.version}`)).toBe(mysql.version);
    expect(row).toMatchObject({ zone: '+00:00', collation: 'utf8mb4_0900_ai_ci' });
    expect(new Set(row?.mode.split(','))).toEqual(new Set(PLANETSCALE_SQL_MODE.split(',')));
    // MySQL rounds the pool up to whole chunks.
    expect(Number(row?.pool)).toBeGreaterThanOrEqual(96);
  });

  it('keeps its data from one start to the next', async () => {
    await query('CREATE DATABASE kept');
    await mysql.stop();
    mysql = await startMysql({ dataDir, log: () => undefined });
    expect(await query("SHOW DATABASES LIKE 'kept'")).toHaveLength(1);
  });

  it('lets its user make, grant and drop', async () => {
    await query('CREATE DATABASE dropped');
    await query('DROP DATABASE dropped');
    expect(await query("SHOW DATABASES LIKE 'dropped'")).toHaveLength(0);
  });
});

describe('a MySQL whose owner is killed', () => {
  const dataDir = join(findStateDirectory(resolve(import.meta.dirname, '../..')), 'mysql-orphan-test');
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it(
    'ends, and ends cleanly',
    async () => {
      const module = JSON.stringify(join(import.meta.dirname, 'mysql.ts'));
      const script = `import { startMysql } from ${module};
      await startMysql({ dataDir: ${JSON.stringify(dataDir)}, log: () => undefined });
      process.stdout.write('up'); setInterval(() => undefined, 1000);`;
      const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(owner.stdout, 'data');
      expect(existsSync(join(dataDir, 'mysql.pid'))).toBe(true);
      owner.kill('SIGKILL');
      await vi.waitUntil(() => !existsSync(join(dataDir, 'mysql.pid')), { timeout: 20_000 });
      expect(readFileSync(join(dataDir, 'mysql.log'), 'utf8')).toContain('Shutdown complete');
    },
    START_MS,
  );
});
