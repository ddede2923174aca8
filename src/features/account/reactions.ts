import { defineReaction, type Reaction } from '../../platform/events.ts';
import { sessionsEnded } from './events.ts';
import { bury, findSessions } from './sessions.ts';

/** Ends sessions in Redis again, in case it was away when they ended. By nature the same however often it runs. */
const buryEndedSessions = defineReaction({
  name: 'account.bury_ended_sessions',
  on: [sessionsEnded],
  async run(ctx, events) {
    const ids = events.flatMap(({ payload }) => payload.sessionIds);
    await bury(ctx.deps, await findSessions(ctx.deps.db, ids));
  },
});

export const accountReactions: readonly Reaction[] = [buryEndedSessions];
