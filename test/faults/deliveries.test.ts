/** Jobs delivered three times at once and out of order, and a QStash that is away for an hour. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { buildSearch } from '../harness/search.ts';
import { expectSound } from '../harness/soundness.ts';
import { afterStories, countStory, makeCast, oneTry, playStory } from '../harness/story.ts';

let app: TestApp;
let stories = 0;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  await buildSearch(app);
});

afterEach(async () => {
  await app.queue.set({ duplicate: 0, reorder: false, down: false });
});

async function tellStory(): Promise<void> {
  await playStory(await makeCast(app), oneTry(app));
  stories += 1;
}

it('every job delivered three times, at once and out of order, acts once', async () => {
  await app.queue.set({ duplicate: 2, reorder: true });
  await tellStory();
  await app.runJobs();
  const attempts = (await app.queue.deliveries()).map(({ attempts: made }) => made.length);
  expect(Math.min(...attempts)).toBeGreaterThanOrEqual(3);
  await expectSound(app);
  expect(await countStory(app)).toEqual(afterStories(stories));
});

it('QStash away for an hour: what it was to deliver comes late, all of it and once', async () => {
  await app.queue.set({ down: true });
  await tellStory();
  await app.passTime(60);
  const before = await app.queue.deliveries();
  await app.queue.set({ down: false });
  await expectSound(app);
  expect((await app.queue.deliveries()).length).toBeGreaterThan(before.length);
  expect(await countStory(app)).toEqual(afterStories(stories));
});
