import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Ctx } from '../../platform/context.ts';
import { withUploadSlot } from './upload-slots.ts';

const MEBIBYTE = 1024 * 1024;

const goingOn: Promise<unknown>[] = [];
const ctx = { deps: { afterAnswer: (work: Promise<unknown>) => goingOn.push(work) } } as unknown as Ctx;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Work that runs until it is told to end. */
function startWork(mebibytes: number) {
  let end: () => void = () => undefined;
  const state = { isRunning: false };
  const done = withUploadSlot(ctx, mebibytes * MEBIBYTE, async () => {
    state.isRunning = true;
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    return 'done';
  });
  return { done, state, end: () => end() };
}

const running = (works: ReturnType<typeof startWork>[]) => works.map(({ state }) => state.isRunning);

it('as many images are in memory as there is room for; the next follows when one has ended', async () => {
  const works = [10, 10, 10, 10, 2].map(startWork);
  await vi.advanceTimersByTimeAsync(0);
  // A small one passes a large one that waits.
  expect(running(works)).toEqual([true, true, true, false, true]);
  works[0]!.end();
  await vi.advanceTimersByTimeAsync(50);
  expect(running(works)).toEqual([true, true, true, true, true]);
  for (const { end } of works) end();
  expect(await Promise.all(works.map(({ done }) => done))).toEqual(Array<string>(5).fill('done'));
});

it('one for which there is no room in ten seconds is told to come again', async () => {
  const holders = [10, 10, 10].map(startWork);
  const waiting = startWork(10);
  const outcome = expect(waiting.done).rejects.toMatchObject({ code: 'unavailable', retryAfter: 5 });
  await vi.advanceTimersByTimeAsync(10_100);
  await outcome;
  for (const { end } of holders) end();
  await Promise.all(holders.map(({ done }) => done));
});

it('work that fails gives its share back, and one that never ended loses it after two minutes', async () => {
  const failing = withUploadSlot(ctx, 30 * MEBIBYTE, async () => {
    throw new Error('cut off');
  });
  await expect(failing).rejects.toThrow('cut off');
  const dead = startWork(30);
  await vi.advanceTimersByTimeAsync(119_000);
  const next = startWork(30);
  await vi.advanceTimersByTimeAsync(900);
  expect(next.state.isRunning).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(next.state.isRunning).toBe(true);
  next.end();
  dead.end();
  await Promise.all([next.done, dead.done]);
});

it('goes on when the client has gone, and an error there is nobody’s', async () => {
  goingOn.length = 0;
  const failing = withUploadSlot(ctx, MEBIBYTE, async () => {
    throw new Error('cut off');
  });
  await expect(failing).rejects.toThrow('cut off');
  await expect(Promise.all(goingOn)).resolves.toEqual([undefined]);
});
