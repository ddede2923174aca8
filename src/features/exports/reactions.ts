import { defineReaction, type Reaction } from '../../platform/events.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { enqueueMails } from '../mails/index.ts';
import { exportAsked, exportReady } from './events.ts';
import { exportReadyMail } from './mails.ts';
import { makeExport } from './make-export.ts';

const start = defineReaction({
  name: 'exports.start',
  on: [exportAsked],
  run: (ctx, events) =>
    enqueue(
      ctx,
      makeExport,
      events.map(({ payload }) => payload),
    ),
});

const tell = defineReaction({
  name: 'exports.tell',
  on: [exportReady],
  run: (ctx, events) =>
    enqueueMails(
      ctx,
      exportReadyMail,
      events.map(({ id, payload: { userId, exportId } }) => ({ userId, cause: id, params: { exportId } })),
    ),
});

export const exportReactions: readonly Reaction[] = [start, tell];
