import { actAsStaff } from '../../platform/audit.ts';
import type { StaffCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { askForStart, startDueSchedules, type Schedule } from '../../platform/schedules.ts';
import { schedules } from '../../schema/engine-room.ts';

function requireSchedule(ctx: StaffCtx, name: string): Schedule {
  const schedule = ctx.deps.schedules.find(name);
  if (!schedule) throw new AppError('not_found');
  return schedule;
}

/** Makes a schedule due now and starts it after the answer; should that die, the next tick does. Throws `not_found`. */
export async function startSchedule(ctx: StaffCtx, name: string): Promise<void> {
  const schedule = requireSchedule(ctx, name);
  await actAsStaff(ctx, async (tx) => {
    await askForStart(ctx, tx.db, schedule);
    return {
      result: undefined,
      act: { action: 'schedule.started', targetKind: 'schedule', targetIds: [name] },
    };
  });
  ctx.deps.afterAnswer(startDueSchedules({ ...ctx, actor: { kind: 'system' } }, [name]));
}

/** Stops a schedule from starting, or lets it go on. Throws `not_found`. */
export async function pauseSchedule(ctx: StaffCtx, name: string, isPaused: boolean): Promise<void> {
  const schedule = requireSchedule(ctx, name);
  await actAsStaff(ctx, async (tx) => {
    await tx.db
      .insert(schedules)
      .values({ name, dueAt: schedule.next(ctx.deps.clock.now()), isPaused })
      .onDuplicateKeyUpdate({ set: { isPaused } });
    const action = isPaused ? 'schedule.paused' : 'schedule.resumed';
    return { result: undefined, act: { action, targetKind: 'schedule', targetIds: [name] } };
  });
}
