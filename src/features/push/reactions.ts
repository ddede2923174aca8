import { defineReaction, type Reaction } from '../../platform/events.ts';
import { sessionsEnded } from '../account/index.ts';
import { dropDevicesOfSessions } from './register-device.ts';

const dropWithSession = defineReaction({
  name: 'push.drop_with_session',
  on: [sessionsEnded],
  run: (ctx, events) =>
    dropDevicesOfSessions(
      ctx.deps,
      events.flatMap(({ payload }) => payload.sessionIds),
    ),
});

export const pushReactions: readonly Reaction[] = [dropWithSession];
