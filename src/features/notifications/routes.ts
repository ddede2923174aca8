import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { PageQuery } from '../../platform/http/schemas.ts';
import { deleteNotification, markAllRead, markRead, setPreference } from './mark-notifications.ts';
import { countUnreadNotifications, listNotifications, listPreferences } from './queries.ts';
import * as schema from './schemas.ts';

export const notificationEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'listNotifications',
      method: 'get',
      path: '/notifications',
      tag: 'notifications',
      auth: 'session',
      limit: 'read',
      summary: { ko: '알림 목록', en: 'My notifications' },
      description: {
        ko: '최신순입니다. 같은 것에 눌린 좋아요는 하나로 묶입니다(person 외 othersCount명). 지워진 것, 차단하거나 탈퇴한 사람의 알림은 나오지 않습니다. section으로 오늘·최근 7일·최근 30일·그 이전을 나눕니다.',
        en: 'Newest first. Likes of one thing are one (person and othersCount others). Things gone and people blocked or left are not shown. `section` is its age.',
      },
      query: PageQuery,
      success: { status: 200, body: schema.NotificationPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => listNotifications(ctx, query),
  ),
  endpoint(
    {
      id: 'countUnreadNotifications',
      method: 'get',
      path: '/notifications/unread',
      tag: 'notifications',
      auth: 'session',
      limit: 'read',
      summary: { ko: '읽지 않은 알림 수', en: 'How many notifications are unread' },
      success: { status: 200, body: schema.UnreadNotifications },
    },
    async ({ ctx }) => ({ count: await countUnreadNotifications(ctx) }),
  ),
  endpoint(
    {
      id: 'markAllNotificationsRead',
      method: 'put',
      path: '/notifications/read',
      tag: 'notifications',
      auth: 'session',
      limit: 'write',
      summary: { ko: '모든 알림을 읽음으로', en: 'Mark all notifications read' },
      success: { status: 204 },
    },
    async ({ ctx }) => markAllRead(ctx),
  ),
  endpoint(
    {
      id: 'markNotificationRead',
      method: 'put',
      path: '/notifications/:notificationId/read',
      tag: 'notifications',
      auth: 'session',
      limit: 'write',
      summary: { ko: '알림 하나를 읽음으로', en: 'Mark a notification read' },
      params: schema.NotificationParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => markRead(ctx, params.notificationId),
  ),
  endpoint(
    {
      id: 'deleteNotification',
      method: 'delete',
      path: '/notifications/:notificationId',
      tag: 'notifications',
      auth: 'session',
      limit: 'write',
      summary: { ko: '알림 지우기', en: 'Delete a notification' },
      description: {
        ko: '좋아요 묶음은 새 좋아요가 생기면 다시 나타납니다.',
        en: 'A group of likes comes back with the next like.',
      },
      params: schema.NotificationParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => deleteNotification(ctx, params.notificationId),
  ),
  endpoint(
    {
      id: 'listNotificationPreferences',
      method: 'get',
      path: '/me/notification-preferences',
      tag: 'notifications',
      auth: 'session',
      limit: 'read',
      summary: { ko: '알림 설정', en: 'Which notifications I want' },
      description: {
        ko: '끈 종류는 목록에도 푸시로도 오지 않습니다. message는 메시지 푸시입니다.',
        en: 'A kind that is off comes neither to the list nor as a push. `message` is the push of messages.',
      },
      success: { status: 200, body: schema.NotificationPreferences },
    },
    async ({ ctx }) => listPreferences(ctx),
  ),
  endpoint(
    {
      id: 'setNotificationPreference',
      method: 'put',
      path: '/me/notification-preferences/:kind',
      tag: 'notifications',
      auth: 'session',
      limit: 'write',
      summary: { ko: '알림 종류를 켜고 끄기', en: 'Switch a kind of notification on or off' },
      params: schema.PreferenceParams,
      body: schema.SetPreference,
      success: { status: 204 },
    },
    async ({ ctx, params, body }) => setPreference(ctx, params.kind, body.isOn),
  ),
];
