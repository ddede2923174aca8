import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { dropDevice, registerDevice } from './register-device.ts';
import * as schema from './schemas.ts';

export const pushEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'registerPushDevice',
      method: 'put',
      path: '/me/push-device',
      tag: 'notifications',
      auth: 'session',
      limit: 'write',
      summary: { ko: '이 기기에서 푸시 받기', en: 'Take pushes on this device' },
      description: {
        ko: '앱을 켤 때마다 보냅니다. 토큰은 지금의 로그인에 묶이며, 로그아웃하면 사라집니다. 다른 계정에 등록된 토큰이면 이 계정으로 옮겨 옵니다. 푸시에는 종류(kind)와 화면을 여는 데 필요한 id만 들어 있습니다. 21시부터 8시까지는 야간 푸시에 동의한 사람에게만 보냅니다.',
        en: 'Send it at each start of the app. The token is bound to this log-in and goes with it; one that another account had moves here. A push carries its kind and the ids that open the screen. From 21 to 8 (Korea) only those who consented to night pushes get any.',
      },
      body: schema.RegisterDevice,
      success: { status: 204 },
    },
    async ({ ctx, body }) => registerDevice(ctx, body),
  ),
  endpoint(
    {
      id: 'dropPushDevice',
      method: 'delete',
      path: '/me/push-device',
      tag: 'notifications',
      auth: 'session',
      limit: 'write',
      summary: { ko: '이 기기에서 푸시 받지 않기', en: 'Take no pushes on this device' },
      success: { status: 204 },
    },
    async ({ ctx }) => dropDevice(ctx),
  ),
];
