import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBench, TEST_TOKEN, type Bench } from './test-bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
  await bench.control('clock', { now: '2027-01-01T00:00:30Z' });
});
afterEach(() => bench.close());

/** The times at which something was delivered, as `01-02T04:00`. */
async function times(): Promise<string[]> {
  return (await bench.deliveries()).map((delivery) =>
    new Date(delivery.createdAt).toISOString().slice(5, 16),
  );
}

test('fires at each of its times, in its zone, with body, headers and id', async () => {
  const { scheduleId } = await bench.client.schedules.create({
    destination: `${bench.app.url}/nightly`,
    cron: 'CRON_TZ=Asia/Seoul 0 4 * * *',
    body: '{"job":"rank"}',
    headers: { 'X-Kind': 'cron' },
  });
  await bench.advance(2 * 86_400_000);
  expect(await times()).toEqual(['01-01T19:00', '01-02T19:00']);
  expect(bench.app.calls[0]).toMatchObject({
    body: '{"job":"rank"}',
    headers: { 'x-kind': 'cron', 'content-type': 'application/json', 'upstash-schedule-id': scheduleId },
  });
  expect(await bench.app.verify(bench.app.calls[0]!)).toBe(true);
});

test('shows and lists what was created', async () => {
  const { scheduleId } = await bench.client.schedules.create({
    destination: `${bench.app.url}/x`,
    cron: '*/5 * * * *',
    scheduleId: 'every-five',
    retries: 1,
    delay: 10,
    flowControl: { key: 'k', rate: 2, period: '1m' },
  });
  expect(scheduleId).toBe('every-five');
  const schedule = await bench.client.schedules.get('every-five');
  expect(schedule).toMatchObject({
    scheduleId: 'every-five',
    cron: '*/5 * * * *',
    destination: `${bench.app.url}/x`,
    method: 'POST',
    header: { 'Content-Type': ['application/json'] },
    retries: 1,
    delay: 10,
    isPaused: false,
    flowControlKey: 'k',
    rate: 2,
    period: 60,
    nextScheduleTime: Date.parse('2027-01-01T00:05:00Z'),
  });
  expect(await bench.client.schedules.list()).toHaveLength(1);
  await bench.advance(300_000);
  const fired = await bench.client.schedules.get('every-five');
  expect(fired.lastScheduleTime).toBe(Date.parse('2027-01-01T00:05:00Z'));
  expect(Object.values(fired.lastScheduleStates ?? {})).toEqual(['SUCCESS']);
});

test('is overwritten by its id, pauses, resumes and ends', async () => {
  const request = { destination: `${bench.app.url}/x`, scheduleId: 's' };
  await bench.client.schedules.create({ ...request, cron: '* * * * *' });
  await bench.client.schedules.create({ ...request, cron: '0 * * * *' });
  await bench.advance(3_600_000);
  expect(await times()).toEqual(['01-01T01:00']);
  await bench.client.schedules.pause({ schedule: 's' });
  expect((await bench.client.schedules.get('s')).isPaused).toBe(true);
  await bench.advance(3_600_000);
  expect(await times()).toHaveLength(1);
  const resumed = await fetch(`${bench.qstash.url}/v2/schedules/s/resume`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_TOKEN}` },
  });
  expect(resumed.status).toBe(200);
  await bench.advance(3_600_000);
  expect(await times()).toEqual(['01-01T01:00', '01-01T03:00']);
  await bench.client.schedules.delete('s');
  await bench.advance(7_200_000);
  expect(await times()).toHaveLength(2);
  await expect(bench.client.schedules.get('s')).rejects.toMatchObject({ status: 404 });
});

test('delays the messages, not the schedule', async () => {
  await bench.client.schedules.create({ destination: bench.app.url, cron: '0 * * * *', delay: '30m' });
  await bench.advance(3_600_000 + 1_700_000);
  expect(bench.app.calls).toHaveLength(0);
  await bench.advance(100_000);
  expect(bench.app.calls).toHaveLength(1);
});

test('misses its times while the service is down', async () => {
  await bench.client.schedules.create({ destination: bench.app.url, cron: '0 * * * *' });
  await bench.control('switches', { down: true });
  await bench.advance(2 * 3_600_000);
  await bench.control('switches', { down: false });
  await bench.advance(3_600_000);
  expect(await times()).toEqual(['01-01T03:00']);
});

test('a schedule whose URL group is gone does not stop the others', async () => {
  await bench.client.urlGroups.addEndpoints({ name: 'g', endpoints: [{ url: `${bench.app.url}/g` }] });
  await bench.client.schedules.create({ destination: 'g', cron: '0 * * * *' });
  await bench.client.schedules.create({ destination: `${bench.app.url}/other`, cron: '0 * * * *' });
  await bench.client.urlGroups.delete('g');
  await bench.advance(3_600_000);
  expect(bench.app.calls.map((call) => call.path)).toEqual(['/other']);
});

test.each([
  ['a broken expression', { cron: '61 * * * *' }],
  ['an unknown zone', { cron: 'CRON_TZ=Asia/Atlantis 0 4 * * *' }],
  ['a public destination', { destination: 'https://example.com' }],
  ['an id with blanks', { scheduleId: 'a b' }],
])('refuses %s', async (_name, request) => {
  const creating = bench.client.schedules.create({
    destination: bench.app.url,
    cron: '* * * * *',
    ...request,
  });
  await expect(creating).rejects.toMatchObject({ status: 400 });
});
