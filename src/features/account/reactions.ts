import { defineReaction, type Reaction } from '../../platform/events.ts';
import { enqueueMails } from '../mails/index.ts';
import { accountCreated, passwordChanged, sessionsEnded } from './events.ts';
import { passwordChangedMail, welcomeMail } from './mails.ts';
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

const welcome = defineReaction({
  name: 'account.welcome',
  on: [accountCreated],
  run: (ctx, events) =>
    enqueueMails(
      ctx,
      welcomeMail,
      events.map(({ id, payload }) => ({ userId: payload.userId, cause: id })),
    ),
});

const tellPasswordChanged = defineReaction({
  name: 'account.tell_password_changed',
  on: [passwordChanged],
  run: (ctx, events) =>
    enqueueMails(
      ctx,
      passwordChangedMail,
      events.map(({ id, payload }) => ({ userId: payload.userId, cause: id })),
    ),
});

export const accountReactions: readonly Reaction[] = [buryEndedSessions, welcome, tellPasswordChanged];
