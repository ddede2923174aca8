/** The local FCM takes what Google's takes, and refuses what it refuses. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPusher, ServiceAccount, type PushMessage } from '../../src/platform/push.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { startFcm, type Fcm } from './server.ts';

let fcm: Fcm;
let account: ServiceAccount;

beforeAll(async () => {
  fcm = await startFcm();
  account = ServiceAccount.parse(JSON.parse(fcm.serviceAccount));
});

afterAll(() => fcm.close());

const message: PushMessage = {
  token: 'device-1',
  title: '루프어스',
  body: '새 메시지가 왔습니다.',
  data: { kind: 'message', roomId: '5' },
  collapseKey: 'message-5',
};

function pusherOf(changes: Partial<ServiceAccount> = {}) {
  return createPusher({
    account: { ...account, ...changes },
    fcmUrl: fcm.url,
    fetchFcm: fetch,
    clock: systemClock,
    memory: new Map(),
  });
}

async function sent(): Promise<unknown[]> {
  const response = await fetch(`${fcm.url}/_control/sent?token=device-1`);
  return ((await response.json()) as { sent: unknown[] }).sent;
}

describe('a push', () => {
  it('is taken from its own service account, with one access token for many', async () => {
    const pusher = pusherOf();
    expect(await pusher.send(message)).toEqual({ result: 'sent' });
    expect(await pusher.send(message)).toEqual({ result: 'sent' });
    expect(await sent()).toHaveLength(2);
    expect(await (await fetch(`${fcm.url}/_control/calls`)).json()).toEqual({ tokens: 1, sends: 2 });
  });

  it('is not taken from another key, another account or another project', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    await expect(pusherOf({ private_key: privateKey }).send(message)).rejects.toThrow('no access token: 400');
    await expect(pusherOf({ client_email: 'x@y.z' }).send(message)).rejects.toThrow('no access token: 400');
    expect(await pusherOf({ project_id: 'another' }).send(message)).toMatchObject({ result: 'refused' });
  });

  it('is not taken without an access token, with data that is no text, or beyond 4,096 bytes', async () => {
    const path = `${fcm.url}/v1/projects/${account.project_id}/messages:send`;
    expect((await fetch(path, { method: 'POST', body: '{}' })).status).toBe(401);
    const refused = { result: 'refused', code: 'INVALID_ARGUMENT' };
    const data = { kind: 5 } as unknown as Record<string, string>;
    expect(await pusherOf().send({ ...message, data })).toEqual(refused);
    expect(await pusherOf().send({ ...message, data: { from: 'x' } })).toEqual(refused);
    expect(await pusherOf().send({ ...message, data: { kind: 'x'.repeat(4096) } })).toEqual(refused);
  });
});
