/** One data plane for a whole run: real MySQL and Redis, and the stand-ins. Each vitest worker gets databases of its own. */
import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDataPlane } from '../local/data-plane.ts';

export type SharedDataPlane = {
  env: Record<string, string>;
  urls: { planetscale: string; upstash: string; qstash: string; mail: string; smtp: string };
  mysql: { socketPath: string; user: string; password: string };
  redis: { socketPath: string };
};

declare module 'vitest' {
  export interface ProvidedContext {
    dataPlane: SharedDataPlane;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const plane = await startDataPlane({ stateDir: resolve(import.meta.dirname, '../.local/test') });
  const { mysql, redis } = plane;
  project.provide('dataPlane', {
    env: plane.env,
    urls: plane.urls,
    mysql: { socketPath: mysql.socketPath, user: mysql.user, password: mysql.password },
    redis: { socketPath: redis.socketPath },
  });
  return () => plane.stop();
}
