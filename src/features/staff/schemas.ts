import * as z from 'zod';
import { Id, PageQuery, pageOf, Time } from '../../platform/http/schemas.ts';

export const StaffMember = z
  .object({ id: Id, email: z.string(), role: z.enum(['reader', 'writer']) })
  .meta({ id: 'StaffMember' });

const Name = z
  .string()
  .regex(/^[a-z0-9_.-]{1,60}$/)
  .meta({ example: 'mail.send' });

export const DeadLetter = z
  .object({
    id: Id,
    kind: z.enum(['job', 'event']),
    name: z.string().meta({ description: 'The job, or the event' }),
    key: z.string().meta({ description: 'The piece of work, or the reaction that failed' }),
    payload: z.record(z.string(), z.unknown()),
    error: z.string().meta({ description: 'Class or code of the last error' }),
    attempts: z.number().int(),
    state: z.enum(['open', 'replayed', 'dropped']),
    isReplayable: z.boolean(),
    createdAt: Time,
    settledAt: Time.nullable(),
  })
  .meta({ id: 'DeadLetter' });

export const DeadLetterQuery = z.strictObject({
  ...PageQuery.shape,
  state: z.enum(['open', 'replayed', 'dropped']).default('open'),
  name: Name.optional(),
});
export const DeadLetterList = pageOf(DeadLetter);
export const DeadLetterIds = z.strictObject({ ids: z.array(Id).min(1).max(100) });
export const Settled = z
  .object({ ids: z.array(Id).meta({ description: 'Those that were open and are settled now' }) })
  .meta({ id: 'SettledDeadLetters' });

export const ScheduleRun = z
  .object({
    name: z.string(),
    dueAt: Time,
    startedAt: Time,
    finishedAt: Time.nullable(),
    startedBy: z.enum(['cron', 'staff']),
    state: z.enum(['started', 'done', 'failed']),
    attempts: z.number().int(),
    error: z.string().nullable(),
  })
  .meta({ id: 'ScheduleRun' });

export const Schedule = z
  .object({
    name: z.string(),
    dueAt: Time.nullable().meta({ description: 'null until the first tick after a deploy' }),
    isPaused: z.boolean(),
    isRunning: z.boolean(),
    catchUp: z.enum(['latest', 'each']),
    lastRun: ScheduleRun.nullable(),
  })
  .meta({ id: 'Schedule' });
export const ScheduleList = z.object({ items: z.array(Schedule) });
export const ScheduleParams = z.strictObject({ name: Name });
export const SetSchedule = z.strictObject({ isPaused: z.boolean() });

export const RunQuery = z.strictObject({ ...PageQuery.shape, name: Name.optional() });
export const RunList = pageOf(ScheduleRun);

export const JobOverview = z
  .object({
    outbox: z.object({
      waiting: z.number().int().meta({ description: 'Events that nobody holds and that are due' }),
      held: z
        .number()
        .int()
        .meta({ description: 'Held by a running isolate, or waiting for their next try' }),
      failing: z.number().int().meta({ description: 'Of all: those with a reaction that failed' }),
      oldestAt: Time.nullable(),
    }),
    isQueueReachable: z.boolean(),
    jobs: z.array(
      z.object({
        name: z.string(),
        leased: z.number().int().meta({ description: 'Under way by a ledger row' }),
        finishedLastDay: z
          .number()
          .int()
          .meta({ description: 'Ledger rows; jobs without a ledger leave none' }),
        openDeadLetters: z.number().int(),
        queue: z
          .object({ waiting: z.number().int(), underway: z.number().int(), isPaused: z.boolean() })
          .nullable()
          .meta({ description: "QStash's own count, for jobs with flow control" }),
      }),
    ),
  })
  .meta({ id: 'JobOverview' });

export const AuditEntry = z
  .object({
    id: Id,
    at: Time,
    staff: z.object({ id: Id, email: z.string().nullable() }),
    action: z.string(),
    targetKind: z.string(),
    targetId: z.string(),
    detail: z.record(z.string(), z.unknown()).nullable(),
    requestId: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export const AuditQuery = z.strictObject({
  ...PageQuery.shape,
  staffId: Id.optional(),
  targetKind: z
    .string()
    .regex(/^[a-z_]{1,30}$/)
    .optional(),
  targetId: z.string().min(1).max(190).optional(),
});
export const AuditList = pageOf(AuditEntry);
