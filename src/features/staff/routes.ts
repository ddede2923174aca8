import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { isReplayable } from '../../platform/jobs/replay.ts';
import { pauseSchedule, startSchedule } from './manage-schedules.ts';
import { listAuditLog, listDeadLetters, listRuns, listSchedules, readJobOverview } from './queries.ts';
import * as schema from './schemas.ts';
import { dropDeadLetters, replayDeadLetters } from './settle-dead-letters.ts';
import { toAuditEntry, toDeadLetter, toRun, toSchedule } from './view.ts';

const reader = { tag: 'staff', auth: 'staff', limit: 'read', staffRole: 'reader' } as const;
const writer = { tag: 'staff', auth: 'staff', limit: 'write', staffRole: 'writer' } as const;

export const staffEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      ...reader,
      id: 'readStaffMember',
      method: 'get',
      path: '/staff/me',
      summary: { ko: '나의 운영진 권한', en: 'Who I am among the staff' },
      success: { status: 200, body: schema.StaffMember },
    },
    async ({ ctx }) => ({ id: ctx.actor.staffId, email: ctx.actor.email, role: ctx.actor.role }),
  ),
  endpoint(
    {
      ...reader,
      id: 'listDeadLetters',
      method: 'get',
      path: '/staff/dead-letters',
      summary: { ko: '실패한 작업 목록', en: 'Dead letters' },
      description: {
        ko: '재시도를 다 쓴 작업과 반응입니다. 원인을 고친 뒤 다시 보내거나 버립니다.',
        en: 'Jobs and reactions whose retries are spent. Replay them after the cause is mended, or drop them.',
      },
      query: schema.DeadLetterQuery,
      success: { status: 200, body: schema.DeadLetterList },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => {
      const { items, nextCursor } = await listDeadLetters(ctx, query);
      return { items: items.map((letter) => toDeadLetter(letter, isReplayable(ctx, letter))), nextCursor };
    },
  ),
  endpoint(
    {
      ...writer,
      id: 'replayDeadLetters',
      method: 'post',
      path: '/staff/dead-letters/replay',
      summary: { ko: '실패한 작업 다시 보내기', en: 'Replay dead letters' },
      body: schema.DeadLetterIds,
      success: { status: 200, body: schema.Settled },
      errors: ['dead_letter_not_replayable'],
    },
    async ({ ctx, body }) => ({ ids: await replayDeadLetters(ctx, body.ids) }),
  ),
  endpoint(
    {
      ...writer,
      id: 'dropDeadLetters',
      method: 'post',
      path: '/staff/dead-letters/drop',
      summary: { ko: '실패한 작업 버리기', en: 'Drop dead letters' },
      body: schema.DeadLetterIds,
      success: { status: 200, body: schema.Settled },
    },
    async ({ ctx, body }) => ({ ids: await dropDeadLetters(ctx, body.ids) }),
  ),
  endpoint(
    {
      ...reader,
      id: 'listSchedules',
      method: 'get',
      path: '/staff/schedules',
      summary: { ko: '예약 작업 목록', en: 'Schedules' },
      success: { status: 200, body: schema.ScheduleList },
    },
    async ({ ctx }) => ({ items: (await listSchedules(ctx)).map(toSchedule) }),
  ),
  endpoint(
    {
      ...writer,
      id: 'startSchedule',
      method: 'post',
      path: '/staff/schedules/:name/start',
      summary: { ko: '예약 작업 지금 시작', en: 'Start a schedule now' },
      description: {
        ko: '멈춰 둔 것도 한 번 시작합니다. 결과는 실행 목록에 나옵니다.',
        en: 'A paused one too, once. How it went is in the list of runs.',
      },
      params: schema.ScheduleParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => startSchedule(ctx, params.name),
  ),
  endpoint(
    {
      ...writer,
      id: 'setSchedule',
      method: 'put',
      path: '/staff/schedules/:name',
      summary: { ko: '예약 작업 멈춤·재개', en: 'Pause or resume a schedule' },
      params: schema.ScheduleParams,
      body: schema.SetSchedule,
      success: { status: 204 },
    },
    async ({ ctx, params, body }) => pauseSchedule(ctx, params.name, body.isPaused),
  ),
  endpoint(
    {
      ...reader,
      id: 'listScheduleRuns',
      method: 'get',
      path: '/staff/runs',
      summary: { ko: '예약 작업 실행 기록', en: 'Runs of schedules' },
      query: schema.RunQuery,
      success: { status: 200, body: schema.RunList },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => {
      const { items, nextCursor } = await listRuns(ctx, query);
      return { items: items.map(toRun), nextCursor };
    },
  ),
  endpoint(
    {
      ...reader,
      id: 'readJobOverview',
      method: 'get',
      path: '/staff/jobs',
      summary: { ko: '진행 중인 작업', en: 'Jobs in flight' },
      description: {
        ko: '아직 처리되지 않은 이벤트, 진행 중인 작업, QStash에서 기다리는 메시지 수입니다.',
        en: 'Events still to be reacted to, jobs under way, and messages that wait in QStash as far as it tells.',
      },
      success: { status: 200, body: schema.JobOverview },
    },
    async ({ ctx }) => {
      const { outbox, ...rest } = await readJobOverview(ctx);
      return { ...rest, outbox: { ...outbox, oldestAt: outbox.oldestAt?.toISOString() ?? null } };
    },
  ),
  endpoint(
    {
      ...reader,
      id: 'listAuditLog',
      method: 'get',
      path: '/staff/audit-log',
      summary: { ko: '운영진 활동 기록', en: 'What staff did' },
      query: schema.AuditQuery,
      success: { status: 200, body: schema.AuditList },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => {
      const { items, nextCursor } = await listAuditLog(ctx, query);
      return { items: items.map(toAuditEntry), nextCursor };
    },
  ),
];
