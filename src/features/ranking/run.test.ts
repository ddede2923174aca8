/** Runs of the ranking on random people: the same as one window-function query, whatever happens on the way. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { insertCrowd, rankByWindows, readRanks, runRanking } from '../../../test/harness/ranking.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  await insertCrowd(app, { people: 9000, schools: 7, fields: 4, seed: 5 });
});

async function newestRun() {
  const [run] = await app.sql<Record<string, string>>(
    'select * from ranking_runs order by generation desc limit 1',
  );
  return run!;
}

async function expectExact(): Promise<void> {
  const run = await newestRun();
  expect(run).toMatchObject({ state: 'done', error: null });
  expect(await app.sql('select generation from ranking_pointer')).toEqual([
    { generation: run['generation'] },
  ]);
  const expected = await rankByWindows(app, run['day']!);
  expect(expected.length).toBeGreaterThan(100);
  expect(await readRanks(app)).toEqual(expected);
}

describe('a run', () => {
  it('equals one window-function query in every scope', async () => {
    await runRanking(app);
    await expectExact();
  });
});
