/** Schedules: what they publish and when. */
import type { PublishResponse } from './accept.ts';
import { ApiError } from './api-error.ts';
import { submit, type Broker } from './broker.ts';
import { findNextTime } from './cron.ts';
import type { Schedule } from './types.ts';

/**
 * Publishes what every schedule is due for, once each however many times have passed. A paused schedule, and any while
 * the service is down, lets its time pass.
 */
export function fireSchedules(broker: Broker): void {
  const now = broker.clock.now();
  for (const schedule of broker.state.schedules.values()) {
    if (schedule.nextScheduleTime > now) continue;
    schedule.lastScheduleTime = schedule.nextScheduleTime;
    schedule.nextScheduleTime = findNextTime(schedule.cron, now);
    if (!schedule.isPaused && !broker.switches.down) fireSchedule(broker, schedule);
  }
}

function fireSchedule(broker: Broker, schedule: Schedule): void {
  const published = publish(broker, schedule);
  schedule.lastScheduleStates = Object.fromEntries(
    published.map(({ messageId }) => [messageId, 'IN_PROGRESS' as const]),
  );
}

function publish(broker: Broker, schedule: Schedule): PublishResponse[] {
  const { scheduleId, queueName, destination, publishHeaders: headers, body, callerIp } = schedule;
  const origin = { scheduleId, ...(queueName && { queueName }) };
  try {
    return submit(broker, [{ destination, headers, body, callerIp, origin }]).flat();
  } catch (error) {
    // Its URL group may have been deleted meanwhile; that must not stop the others.
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/** When the next schedule fires. */
export function nextScheduleTime({ state }: Broker): number | undefined {
  const times = [...state.schedules.values()].map((schedule) => schedule.nextScheduleTime);
  return times.length === 0 ? undefined : Math.min(...times);
}
