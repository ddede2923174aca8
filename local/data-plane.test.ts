import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client as Database } from '@planetscale/database';
import { Client as Queue } from '@upstash/qstash';
import { Redis } from '@upstash/redis';
import { afterAll, expect, it } from 'vitest';
import { startDataPlane, type DataPlane } from './data-plane.ts';
import { findStateDirectory } from './engines/places.ts';

/** The first start on a machine downloads the engines. */
const START_MS = 300_000;

const folder = join(findStateDirectory(resolve(import.meta.dirname, '..')), 'data-plane-test');
const planes: DataPlane[] = [];

afterAll(async () => {
  for (const plane of planes) await plane.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(name: string): Promise<DataPlane> {
  const plane = await startDataPlane({ stateDir: join(folder, name) });
  planes.push(plane);
  return plane;
}

function connect({ env }: DataPlane): { database: Database; redis: Redis; queue: Queue } {
  return {
    database: new Database({ url: env.DATABASE_URL ?? '' }),
    redis: new Redis({ url: env.REDIS_URL ?? '', token: env.REDIS_TOKEN ?? '' }),
    queue: new Queue({ baseUrl: env.QSTASH_URL ?? '', token: env.QSTASH_TOKEN ?? '' }),
  };
}

it(
  'runs twice at once, each with its own data and secrets, and leaves nothing listening',
  async () => {
    const [first, second] = await Promise.all([start('first'), start('second')]);
    const one = connect(first);
    const two = connect(second);

    await one.database.execute('CREATE TABLE only_here (id INT PRIMARY KEY)');
    expect((await one.database.execute('SHOW TABLES')).rows).toHaveLength(1);
    expect((await two.database.execute('SHOW TABLES')).rows).toHaveLength(0);

    await one.redis.set('key', 'value');
    expect(await one.redis.get('key')).toBe('value');
    expect(await two.redis.get('key')).toBeNull();

    const keys = await one.queue.http.request<{ current: string }>({ path: ['v2', 'keys'] });
    expect(keys.current).toBe(first.env.QSTASH_CURRENT_SIGNING_KEY);
    expect(keys.current).not.toBe(second.env.QSTASH_CURRENT_SIGNING_KEY);

    const url = await first.createDatabase('another');
    const [row] = (await new Database({ url }).execute('SELECT DATABASE() name')).rows;
    expect(row).toEqual({ name: 'another' });

    await first.stop();
    for (const address of [
      first.urls.planetscale,
      first.urls.upstash,
      first.urls.qstash,
      first.urls.search,
      first.urls.crawl,
      first.urls.mail,
    ]) {
      await expect(fetch(address)).rejects.toThrow('fetch failed');
    }
    expect((await fetch(second.urls.mail)).status).toBe(200);
  },
  START_MS,
);

it(
  'stops what it has started when one part cannot start',
  async () => {
    const stateDir = join(folder, 'failing');
    await expect(startDataPlane({ stateDir, database: 'no such name' })).rejects.toThrow();
    // MySQL holds a lock on its data: a second start on it would fail if the first were still running.
    const plane = await start('failing');
    expect(plane.mysql.version).toMatch(/^\d+\.\d+\.\d+/);
  },
  START_MS,
);
