/** A search engine that is down, slow, or emptied and rebuilt under load: people write on, and the index catches up. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { SEARCH_KINDS } from '../../src/features/search/index.ts';
import { startRebuilds } from '../../src/features/search/rebuild.ts';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { buildSearch, loseIndexes, setTaskFault } from '../harness/search.ts';
import { countOf } from '../harness/society.ts';
import { expectSound } from '../harness/soundness.ts';
import { makeCast, oneTry, playStory } from '../harness/story.ts';

let app: TestApp;
/** What a new index waits for before it takes the place of the old one. */
let beforeSwap: Promise<void> = Promise.resolve();

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    async between(send, { url }) {
      if (url.endsWith('/swap-indexes')) await beforeSwap;
      return send();
    },
  });
  await buildSearch(app);
});

afterEach(async () => {
  await app.fault('search', undefined);
  await setTaskFault(app, undefined);
});

async function tellStory(): Promise<void> {
  await playStory(await makeCast(app), oneTry(app));
}

/** Things that the index has not been seen to know. */
function countWaiting(): Promise<number> {
  return countOf(app, 'select count(*) as n from search_changes');
}

it('down for ten minutes', async () => {
  await app.fault('search', { mode: 'drop' });
  await tellStory();
  await app.passTime(10);
  expect(await countWaiting()).toBeGreaterThan(0);
  await app.fault('search', undefined);
  await expectSound(app);
});

it('slow for ten minutes: what is sent to it is not written', async () => {
  await setTaskFault(app, { isHeld: true });
  await tellStory();
  await app.passTime(10);
  expect(await countWaiting()).toBeGreaterThan(0);
  await setTaskFault(app, undefined);
  await expectSound(app);
});

it('emptied and rebuilt while people write', async () => {
  await loseIndexes(app);
  await app.asSystem((ctx) => startRebuilds(ctx, SEARCH_KINDS));
  const { promise: told, resolve: goOn } = Promise.withResolvers<void>();
  beforeSwap = told;
  const rebuilding = app.queue.deliver();
  // What is written now goes to the index that is about to be replaced.
  await tellStory();
  goOn();
  await rebuilding;
  await expectSound(app);
});
