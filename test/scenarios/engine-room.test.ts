/** The engine room in the real Worker: jobs by QStash, the cron trigger, and staff. */
import { expect, inject, it } from 'vitest';
import { addStaff } from '../../local/commands/staff-add.ts';
import { fireCron } from '../../local/cron.ts';
import type { AnyJson } from '../harness/app.ts';
import { callWorker, joinLoopUs } from '../harness/worker-client.ts';

const EMAIL = 'story.staff@loopus.kr';

async function staffCall(method: string, path: string): Promise<{ status: number; body: AnyJson }> {
  const { access } = inject('dataPlane').urls;
  const signed = await fetch(`${access}/_control/sign`, {
    method: 'POST',
    body: JSON.stringify({ email: EMAIL }),
  });
  const { token } = (await signed.json()) as { token: string };
  return callWorker(method, path, { headers: { 'cf-access-jwt-assertion': token } });
}

it('somebody who signs up is welcomed by a mail that a job sends', async () => {
  const email = `story.welcome.${Date.now()}@snu.ac.kr`;
  await joinLoopUs(email, '환영이');
  const { mail } = inject('dataPlane').urls;
  const read = async (): Promise<AnyJson> => {
    const response = await fetch(`${mail}/api/messages?to=${encodeURIComponent(email)}&wait=20000`);
    const { messages } = (await response.json()) as { messages: AnyJson[] };
    return messages.find(({ subject }) => subject.includes('환영합니다'));
  };
  let welcome: AnyJson;
  for (let look = 0; look < 200 && !welcome; look += 1) {
    welcome = await read();
    if (!welcome)
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
  }
  expect(welcome?.html).toContain('Welcome to Loop Us');
});

it('staff come in with a token of Access and a role, and see what the cron did', async () => {
  expect((await callWorker('GET', '/v1/staff/me')).status).toBe(401);
  expect((await staffCall('GET', '/v1/staff/me')).body.code).toBe('forbidden');
  await addStaff(inject('dataPlane').env['DATABASE_URL'] ?? '', EMAIL, 'writer');
  expect((await staffCall('GET', '/v1/staff/me')).body).toMatchObject({ email: EMAIL, role: 'writer' });

  await fireCron(inject('worker').url, (line) => expect.fail(line));
  const schedules = await staffCall('GET', '/v1/staff/schedules');
  expect(schedules.body.items.map(({ name }: AnyJson) => name)).toContain('account.purge_left');
  expect(schedules.body.items.every(({ dueAt }: AnyJson) => dueAt !== null)).toBe(true);
  expect((await staffCall('POST', '/v1/staff/schedules/retention.sweep/start')).status).toBe(204);
  let run: AnyJson;
  for (let look = 0; look < 200 && run?.state !== 'done'; look += 1) {
    run = (await staffCall('GET', '/v1/staff/runs?name=retention.sweep')).body.items[0];
    if (run?.state !== 'done')
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
  }
  expect(run).toMatchObject({ startedBy: 'staff', state: 'done' });
  const overview = await staffCall('GET', '/v1/staff/jobs');
  expect(overview.body.isQueueReachable).toBe(true);
});
