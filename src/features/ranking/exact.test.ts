/** Ranks of random people, and what a run costs. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createRandom,
  expectExact,
  insertCrowd,
  readRanks,
  runRanking,
  stirCrowd,
} from '../../../test/harness/ranking.ts';

let app: TestApp;
let ids: string[];
const random = createRandom(77);

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  ids = await insertCrowd(app, { people: 9000, schools: 7, fields: 4, seed: 5 });
  await runRanking(app);
});

describe('a run', () => {
  it('equals one window-function query in every scope, ties included', async () => {
    await expectExact(app);
    const ranks = await readRanks(app);
    expect(new Set(ranks.map(({ score }) => score)).size).toBeLessThan(ranks.length / 20);
  });

  it('is exact again after people moved, hid, left, came back and did things', async () => {
    for (let time = 0; time < 2; time += 1) {
      await stirCrowd(app, ids, random);
      await runRanking(app);
      await expectExact(app);
    }
  });

  it('works in bounded chunks, writes only scores that changed, and removes what nobody reads', async () => {
    app.clock.advance(3_600_000);
    const generation = await runRanking(app);
    const changed = await app.sql(
      'select count(*) as changed from ranking_scores where since_generation = ? or until_generation = ?',
      generation,
      generation,
    );
    expect(changed).toEqual([{ changed: '0' }]);
    const most = await app.sql<{ most: number; chunks: string }>(
      'select max(rows_written) as most, count(*) as chunks from ranking_chunks',
    );
    expect(most[0]!.most).toBeLessThanOrEqual(10_000);
    expect(Number(most[0]!.chunks)).toBeGreaterThan(10);
    app.clock.advance(3_600_000);
    await runRanking(app);
    const kept = await app.sql('select distinct generation from ranking_levels order by generation');
    expect(kept.map(({ generation: one }) => one)).toEqual([generation - 1, generation, generation + 1]);
  });
});
