import type { SystemCtx } from './context.ts';
import { describeError } from './log.ts';
import { startDueSchedules } from './schedules.ts';
import { sweepBacklog } from './sweep-outbox.ts';

/** What the minute cron does. It only starts things; each part by itself, so that one in trouble holds up no other. */
export async function runTick(ctx: SystemCtx): Promise<void> {
  const parts = { outbox: () => sweepBacklog(ctx), schedules: () => startDueSchedules(ctx) };
  for (const [part, run] of Object.entries(parts)) {
    try {
      await run();
    } catch (error) {
      ctx.deps.log.error('cron part failed', { part, ...describeError(error) });
    }
  }
  ctx.deps.log.info('cron', ctx.deps.outbound.counts());
}
