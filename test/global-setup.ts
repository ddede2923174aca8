/** For the tests that run the app in their own process: real MySQL and Redis, and the stand-ins. */
import type { TestProject } from 'vitest/node';
import type { DataPlane } from '../local/data-plane.ts';
import type { EngineAddress } from '../local/engines/mysql.ts';
import type { MysqlAccess } from '../local/planetscale/databases.ts';
import { claimDataPlane } from './harness/data-plane.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Worker's configuration and where the stand-ins listen. */
    dataPlane: Pick<DataPlane, 'env' | 'urls'>;
    mysql: MysqlAccess;
    redis: EngineAddress;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const plane = await claimDataPlane();
  const { how: _how, stop: _stop, version: _version, ...mysql } = plane.mysql;
  const { how: _redisHow, stop: _redisStop, version: _redisVersion, ...redis } = plane.redis;
  project.provide('dataPlane', { env: plane.env, urls: plane.urls });
  project.provide('mysql', mysql);
  project.provide('redis', redis);
  return () => plane.stop();
}
