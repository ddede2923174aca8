/** One data plane for a whole run: real MySQL and Redis, and the stand-ins. Each vitest worker gets databases of its own. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDataPlane, type DataPlane } from '../local/data-plane.ts';
import type { MysqlAccess } from '../local/planetscale/databases.ts';
import type { EngineAddress } from '../local/engines/mysql.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Worker's configuration and where the stand-ins listen. */
    dataPlane: Pick<DataPlane, 'env' | 'urls'>;
    mysql: MysqlAccess;
    redis: EngineAddress;
  }
}

const STATES = resolve(import.meta.dirname, '../.local/test');

/** A state folder that no other run uses: two runs at once in one checkout must not meet. */
function claimStateDir(): { stateDir: string; release(): void } {
  for (let slot = 1; ; slot += 1) {
    const stateDir = join(STATES, String(slot));
    const mark = join(stateDir, 'run.pid');
    mkdirSync(stateDir, { recursive: true });
    if (!isHeld(mark)) {
      rmSync(mark, { force: true });
      try {
        writeFileSync(mark, String(process.pid), { flag: 'wx' });
        return { stateDir, release: () => rmSync(mark, { force: true }) };
      } catch {
        // Another run was quicker; the next folder is as good.
      }
    }
  }
}

function isHeld(mark: string): boolean {
  try {
    process.kill(Number(readFileSync(mark, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { stateDir, release } = claimStateDir();
  const plane = await startDataPlane({ stateDir });
  const { how: _how, stop: _stop, version: _version, ...mysql } = plane.mysql;
  const { how: _redisHow, stop: _redisStop, version: _redisVersion, ...redis } = plane.redis;
  project.provide('dataPlane', { env: plane.env, urls: plane.urls });
  project.provide('mysql', mysql);
  project.provide('redis', redis);
  return async () => {
    await plane.stop();
    release();
  };
}
