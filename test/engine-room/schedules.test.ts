/** Schedules: one run however many triggers, none lost, none stuck. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSchedules, defineSchedule } from '../../src/platform/schedules.ts';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { toSqlTime } from '../harness/people.ts';

let starts: string[] = [];
let isBroken = false;

function at(name: string) {
  return async (_ctx: unknown, dueAt: Date) => {
    starts.push(`${name} ${dueAt.toISOString().slice(11, 16)}`);
    if (isBroken && name === 'hourly') throw new SyntaxError('broken');
  };
}

const hourly = defineSchedule({ name: 'hourly', everyMinutes: 60, catchUp: 'latest', start: at('hourly') });
const each = defineSchedule({ name: 'each', everyMinutes: 30, catchUp: 'each', start: at('each') });
const daily = defineSchedule({ name: 'daily', dailyAt: '09:15', catchUp: 'latest', start: at('daily') });

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ registry: { schedules: createSchedules([hourly, each, daily]) } });
});

beforeEach(async () => {
  starts = [];
  isBroken = false;
  await app.sql('delete from schedules');
  await app.sql('delete from schedule_runs');
  app.clock.set('2026-12-01T10:20:00.000Z');
  await app.tick();
  expect(starts).toEqual([]);
});

function runs() {
  return app.sql(
    'select name, state, attempts, started_by as startedBy from schedule_runs order by name, due_at',
  );
}

describe('a due time', () => {
  it('is counted from midnight, or is a Korean time of day', () => {
    const noon = new Date('2026-12-01T12:00:00.000Z');
    expect(hourly.next(noon).toISOString()).toBe('2026-12-01T13:00:00.000Z');
    expect(hourly.latest(noon).toISOString()).toBe('2026-12-01T12:00:00.000Z');
    expect(daily.latest(noon).toISOString()).toBe('2026-12-01T00:15:00.000Z');
    expect(daily.next(new Date('2026-12-01T00:14:59.999Z')).toISOString()).toBe('2026-12-01T00:15:00.000Z');
  });

  it('starts nothing before it has come', async () => {
    app.clock.set('2026-12-01T10:29:59.999Z');
    await app.tick();
    expect(starts).toEqual([]);
  });

  it('makes one run, whoever and however many trigger it', async () => {
    app.clock.set('2026-12-01T11:00:10.000Z');
    await Promise.all([app.tick(), app.tick(), app.tick()]);
    await app.tick();
    expect(starts.toSorted()).toEqual(['each 10:30', 'each 11:00', 'hourly 11:00']);
    expect(await runs()).toEqual([
      { name: 'each', state: 'done', attempts: 1, startedBy: 'cron' },
      { name: 'each', state: 'done', attempts: 1, startedBy: 'cron' },
      { name: 'hourly', state: 'done', attempts: 1, startedBy: 'cron' },
    ]);
  });

  it('that was missed is caught up: the newest alone, or each', async () => {
    app.clock.set('2026-12-01T13:05:00.000Z');
    await app.tick();
    expect(starts.filter((start) => start.startsWith('hourly'))).toEqual(['hourly 13:00']);
    expect(starts.filter((start) => start.startsWith('each'))).toEqual([
      'each 10:30',
      'each 11:00',
      'each 11:30',
      'each 12:00',
      'each 12:30',
      'each 13:00',
    ]);
  });
});

describe('a lease', () => {
  it('keeps others out while its holder lives, and is taken over when it died', async () => {
    app.clock.set('2026-12-01T11:00:00.000Z');
    await app.sql(
      `update schedules set lease_token = 'dead', lease_until = ? where name = 'hourly'`,
      toSqlTime(new Date(app.clock.now().getTime() + 300_000)),
    );
    await app.sql(
      `insert into schedule_runs (name, due_at, started_at, started_by, state) values ('hourly', ?, ?, 'cron', 'started')`,
      toSqlTime(app.clock.now()),
      toSqlTime(app.clock.now()),
    );
    await app.tick();
    expect(starts).not.toContain('hourly 11:00');
    app.clock.advance(300_000);
    await Promise.all([app.tick(), app.tick()]);
    expect(starts.filter((start) => start === 'hourly 11:00')).toHaveLength(1);
    expect(await runs()).toContainEqual({ name: 'hourly', state: 'done', attempts: 2, startedBy: 'cron' });
  });

  it('of one that died after its run was done only moves on', async () => {
    app.clock.set('2026-12-01T11:00:00.000Z');
    await app.sql(
      `insert into schedule_runs (name, due_at, started_at, started_by, state) values ('hourly', ?, ?, 'cron', 'done')`,
      toSqlTime(app.clock.now()),
      toSqlTime(app.clock.now()),
    );
    await app.tick();
    expect(starts).not.toContain('hourly 11:00');
    const [row] = await app.sql<{ due: string }>(`select due_at as due from schedules where name = 'hourly'`);
    expect(row?.due).toContain('12:00:00');
  });
});

describe('a start that fails', () => {
  it('is tried again until it works, holds up no other, and is told', async () => {
    isBroken = true;
    app.clock.set('2026-12-01T11:00:00.000Z');
    await app.tick();
    expect(starts).toEqual(['hourly 11:00', 'each 10:30', 'each 11:00']);
    expect(await app.sql(`select state, error from schedule_runs where name = 'hourly'`)).toEqual([
      { state: 'failed', error: 'SyntaxError' },
    ]);
    expect(app.logs.some((line) => line.includes('"schedule failed"'))).toBe(true);
    app.clock.advance(60_000);
    await app.tick();
    isBroken = false;
    app.clock.advance(60_000);
    await app.tick();
    expect(starts.filter((start) => start === 'hourly 11:00')).toHaveLength(2);
    app.clock.advance(60_000);
    await app.tick();
    expect(starts.filter((start) => start === 'hourly 11:00')).toHaveLength(3);
    expect(await runs()).toContainEqual({ name: 'hourly', state: 'done', attempts: 3, startedBy: 'cron' });
  });

  it('of the table itself leaves the outbox swept', async () => {
    await app.fault('planetscale', { mode: 'error', match: 'from `schedules`' });
    await app.tick();
    await app.fault('planetscale', undefined);
    expect(app.logs.some((line) => line.includes('"cron part failed"') && line.includes('"schedules"'))).toBe(
      true,
    );
  });
});
