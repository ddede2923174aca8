import { inArray } from 'drizzle-orm';
import { jobRuns } from '../../schema/engine-room.ts';
import type { SystemCtx } from '../context.ts';
import { defineSchedule } from '../schedules.ts';
import { letterOfMessage, writeDeadLetters } from './dead-letters.ts';
import { readEnvelope } from './envelope.ts';
import type { GivenUp } from './queue.ts';

const ROUNDS = 10;

/**
 * Fetches what QStash has given up into our dead letters: deliveries that died without an answer left no letter here.
 * Those whose end is known already are only cleared away. QStash itself keeps them 3 to 30 days, by plan.
 */
export const collectGivenUp = defineSchedule({
  name: 'jobs.collect_given_up',
  everyMinutes: 10,
  catchUp: 'latest',
  async start(ctx) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const givenUp = await ctx.deps.queue.listGivenUp();
      if (givenUp.length === 0) return;
      await keepLetters(ctx, givenUp);
      await ctx.deps.queue.forgetGivenUp(givenUp.map(({ dlqId }) => dlqId));
    }
  },
});

async function keepLetters(ctx: SystemCtx, givenUp: readonly GivenUp[]): Promise<void> {
  const read = givenUp.map((message) => ({ message, envelope: readEnvelope(message.body) }));
  const keys = read.flatMap(({ envelope }) =>
    envelope ? [envelope.key, `${envelope.key}#${envelope.slice?.number ?? 0}`] : [],
  );
  const rows =
    keys.length > 0 ? await ctx.deps.db.select().from(jobRuns).where(inArray(jobRuns.key, keys)) : [];
  const done = new Set(rows.filter(({ finishedAt }) => finishedAt).map(({ name, key }) => `${name} ${key}`));
  const lost = read.filter(
    ({ envelope }) =>
      !envelope ||
      !(
        done.has(`${envelope.name} ${envelope.key}`) ||
        done.has(`${envelope.name} ${envelope.key}#${envelope.slice?.number ?? 0}`)
      ),
  );
  await writeDeadLetters(
    ctx,
    lost.map(({ message: { status, ...message }, envelope }) =>
      letterOfMessage({ ...message, error: `answered ${status}` }, envelope),
    ),
  );
}
