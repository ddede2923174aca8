/** Schedules: create or overwrite, list, look at, delete, pause and resume. */
import { randomBytes } from 'node:crypto';
import { checkName, prepareSubmission } from './accept.ts';
import { ApiError } from './api-error.ts';
import { findNextTime } from './cron.ts';
import { readSubmission } from './message-routes.ts';
import { ok, route, type Route, type RouteContext } from './routes.ts';
import type { Schedule } from './types.ts';
import { viewSchedule } from './views.ts';

const MAX_SCHEDULES = 1000;

export const scheduleRoutes: Route[] = [
  // The client pauses with PATCH, the vendor's description says POST.
  route('PATCH POST', '/v2/schedules/{scheduleId}/pause', (context) => setPaused(context, true)),
  route('PATCH POST', '/v2/schedules/{scheduleId}/resume', (context) => setPaused(context, false)),
  route('POST', '/v2/schedules/{destination}', createSchedule),
  route('GET', '/v2/schedules', ({ broker }) => ok([...broker.state.schedules.values()].map(viewSchedule))),
  route('GET', '/v2/schedules/{scheduleId}', (context) => ok(viewSchedule(find(context)))),
  route('DELETE', '/v2/schedules/{scheduleId}', (context) => {
    context.broker.state.schedules.delete(find(context).scheduleId);
    context.broker.touch();
    return ok();
  }),
];

function createSchedule({ broker, request, params: [destination = ''] }: RouteContext) {
  const { state, clock } = broker;
  const { body, callerIp, headers } = readSubmission(request, destination);
  const {
    'upstash-cron': cron,
    'upstash-schedule-id': givenId,
    'upstash-queue-name': queueName,
    'upstash-not-before': notBefore,
    ...publishHeaders
  } = headers;
  if (!cron) throw new ApiError(400, 'Upstash-Cron is missing');
  if (notBefore) throw new ApiError(400, 'Upstash-Not-Before is not possible in a schedule');
  if (givenId) checkName(givenId, 'schedule id');
  const origin = queueName ? { origin: { queueName } } : {};
  prepareSubmission(state, { destination, headers: publishHeaders, body, callerIp, ...origin });
  const scheduleId = givenId ?? `scd_${randomBytes(14).toString('base64url')}`;
  const known = state.schedules.get(scheduleId);
  if (!known && state.schedules.size >= MAX_SCHEDULES) throw new ApiError(412, 'too many schedules');
  state.schedules.set(scheduleId, {
    scheduleId,
    cron,
    destination,
    publishHeaders,
    body,
    ...(queueName && { queueName }),
    createdAt: known?.createdAt ?? clock.now(),
    isPaused: known?.isPaused ?? false,
    nextScheduleTime: firstTime(cron, clock.now()),
    lastScheduleStates: {},
    callerIp,
  });
  broker.touch();
  return ok({ scheduleId });
}

function firstTime(cron: string, now: number): number {
  try {
    return findNextTime(cron, now);
  } catch (error) {
    throw new ApiError(400, `invalid cron "${cron}": ${(error as Error).message}`);
  }
}

function setPaused(context: RouteContext, isPaused: boolean) {
  find(context).isPaused = isPaused;
  context.broker.touch();
  return ok();
}

function find({ broker, params: [scheduleId = ''] }: RouteContext): Schedule {
  const schedule = broker.state.schedules.get(scheduleId);
  if (!schedule) throw new ApiError(404, `schedule ${scheduleId} not found`);
  return schedule;
}
