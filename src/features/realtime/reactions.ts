import { defineReaction, type Reaction } from '../../platform/events.ts';
import { sessionsEnded } from '../account/index.ts';

const closeEnded = defineReaction({
  name: 'realtime.close_ended',
  on: [sessionsEnded],
  async run({ deps }, events) {
    for (const { payload } of events) await deps.realtime.endSessions(payload.userId, payload.sessionIds);
  },
});

export const realtimeReactions: readonly Reaction[] = [closeEnded];
