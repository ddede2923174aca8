/** How the engine's tasks are followed: its answer to a write says only that it has been put in line. */
import type { Task } from 'meilisearch';
import type { Ctx } from '../../platform/context.ts';

/** Milliseconds between looks, about 3 s in all. */
const LOOKS_MS = [10, 20, 50, 100, 200, 400, 800, 1600];

/** Waits a while for tasks to end. Answers whether they have. */
export async function waitForTasks(
  ctx: Ctx,
  which: { uids: number[] } | { indexUids: string[] },
): Promise<boolean> {
  if ('uids' in which && which.uids.length === 0) return true;
  for (const pause of [0, ...LOOKS_MS]) {
    await new Promise((resolve) => {
      setTimeout(resolve, pause);
    });
    if ((await countUnfinished(ctx, which)) === 0) return true;
  }
  return false;
}

export async function countUnfinished(
  { deps }: Ctx,
  which: { uids: number[] } | { indexUids: string[] },
): Promise<number> {
  const { total } = await deps.search.writer.tasks.getTasks({
    ...which,
    statuses: ['enqueued', 'processing'],
    limit: 1,
  });
  return total;
}

/** Tasks by their numbers, at most 1,000; those that the engine has forgotten are missing. */
export async function readTasks({ deps }: Ctx, uids: number[]): Promise<Map<number, Task>> {
  if (uids.length === 0) return new Map();
  const { results } = await deps.search.writer.tasks.getTasks({ uids, limit: 1000 });
  return new Map(results.map((task) => [task.uid, task]));
}
