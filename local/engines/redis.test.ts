import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRespConnection } from '../upstash/resp.ts';
import { findStateDirectory } from './places.ts';
import { parseRedisVersion, startRedis, type RedisEngine } from './redis.ts';

/** The first start on a machine downloads the server. */
const START_MS = 300_000;

describe('parseRedisVersion', () => {
  it.each([
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=d81b', '7.0.15'],
    ['Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=a3fd', undefined],
    ['', undefined],
  ])('%s', (text, version) => {
    expect(parseRedisVersion(text)).toBe(version);
  });
});

describe('startRedis', () => {
  const dataDir = join(findStateDirectory(resolve(import.meta.dirname, '../..')), 'redis-test');
  let redis: RedisEngine;

  beforeAll(async () => {
    redis = await startRedis({ dataDir, log: () => undefined });
  }, START_MS);
  afterAll(async () => {
    await redis.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function ask(...command: string[]): Promise<string> {
    const connection = createRespConnection(redis, 0);
    const [reply] = await connection.send([command]);
    connection.close();
    return String(reply);
  }

  it('answers, in the version it says', async () => {
    expect(await ask('SET', 'key', 'value')).toBe('OK');
    expect(await ask('INFO', 'server')).toContain(`redis_version:${redis.version}`);
  });

  it('starts empty after a stop', async () => {
    await redis.stop();
    redis = await startRedis({ dataDir, log: () => undefined });
    expect(await ask('DBSIZE')).toBe('0');
    expect(existsSync(join(dataDir, 'dump.rdb'))).toBe(false);
  });
});
