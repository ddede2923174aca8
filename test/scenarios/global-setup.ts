/** For the stories: the real Worker under wrangler, on a data plane of its own, as `npm start` runs it. */
import type { TestProject } from 'vitest/node';
import { migrateDatabase } from '../../local/migrate.ts';
import { seedDirectory } from '../../local/seed/seed.ts';
import { startWorker } from '../../local/worker-process.ts';
import { claimDataPlane, type ClaimedDataPlane } from '../harness/data-plane.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    worker: { url: string; logFile: string };
  }
}

/** Stories begin in an empty house: the database of an earlier run in the same folder goes. */
async function renewDatabase(plane: ClaimedDataPlane): Promise<string> {
  const databaseUrl = plane.env['DATABASE_URL'] ?? '';
  const name = new URL(databaseUrl).username;
  await fetch(`${plane.urls.planetscale}/_control/databases`, {
    method: 'DELETE',
    body: JSON.stringify({ name }),
  });
  await plane.createDatabase(name);
  return databaseUrl;
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const plane = await claimDataPlane();
  const databaseUrl = await renewDatabase(plane);
  await migrateDatabase(databaseUrl);
  await seedDirectory(databaseUrl);
  const worker = await startWorker({ stateDir: plane.stateDir, port: 0, env: plane.env });
  project.provide('dataPlane', { env: plane.env, urls: plane.urls });
  project.provide('worker', { url: worker.url, logFile: worker.logFile });
  return async () => {
    await worker.stop();
    await plane.stop();
  };
}
