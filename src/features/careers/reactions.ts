import { inArray } from 'drizzle-orm';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { careerFollows } from '../../schema/careers.ts';
import { careerDeleted } from './events.ts';

const ROWS_AT_ONCE = 1000;

/** Nobody follows a career that is gone. Deletes in bounded chunks; the next run goes on where one was cut off. */
const removeFollows = defineReaction({
  name: 'careers.remove_follows',
  on: [careerDeleted],
  async run(ctx, events) {
    const careerIds = events.map(({ payload }) => payload.careerId);
    for (;;) {
      const { rowsAffected } = await ctx.deps.db
        .delete(careerFollows)
        .where(inArray(careerFollows.careerId, careerIds))
        .limit(ROWS_AT_ONCE);
      if (rowsAffected < ROWS_AT_ONCE) return;
    }
  },
});

export const careerReactions: readonly Reaction[] = [removeFollows];
