import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { PageQuery } from '../../platform/http/schemas.ts';
import { openRoom } from './open-room.ts';
import { listMessages, listRooms, readRoom } from './queries.ts';
import * as schema from './schemas.ts';
import { sendMessage } from './send-message.ts';
import { leaveRoom, markRoomRead, setMuted } from './use-room.ts';

export const messageEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'openRoom',
      method: 'put',
      path: '/users/:userId/room',
      tag: 'messages',
      auth: 'session',
      limit: 'write',
      summary: { ko: '대화방 열기', en: 'Open the room with somebody' },
      description: {
        ko: '이미 있으면 그 방을, 없으면 새 방을 답합니다. 첫 메시지를 보내기 전에는 누구의 목록에도 보이지 않습니다. 새 대화는 하루 20개까지입니다.',
        en: 'The room there is, or a new one, which shows in no list before its first message. 20 new conversations a day.',
      },
      params: schema.PersonParams,
      success: { status: 200, body: schema.Room },
      errors: ['target_is_own', 'rate_limited', 'room_not_found'],
    },
    async ({ ctx, params }) => readRoom(ctx, await openRoom(ctx, params.userId)),
  ),
  endpoint(
    {
      id: 'listRooms',
      method: 'get',
      path: '/rooms',
      tag: 'messages',
      auth: 'session',
      limit: 'read',
      summary: { ko: '대화방 목록', en: 'My rooms' },
      description: {
        ko: '마지막 메시지가 최신인 방부터입니다. 나간 방은 새 메시지가 오면 다시 나타납니다. person이 null이면 알수없음으로 보여 줍니다.',
        en: 'The newest last message first. A room I left comes back with a new message. Where person is null show 알수없음.',
      },
      query: PageQuery,
      success: { status: 200, body: schema.RoomPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => listRooms(ctx, query),
  ),
  endpoint(
    {
      id: 'readRoom',
      method: 'get',
      path: '/rooms/:roomId',
      tag: 'messages',
      auth: 'session',
      limit: 'read',
      summary: { ko: '대화방 하나', en: 'A room' },
      params: schema.RoomParams,
      success: { status: 200, body: schema.Room },
      errors: ['room_not_found'],
    },
    async ({ ctx, params }) => readRoom(ctx, params.roomId),
  ),
  endpoint(
    {
      id: 'leaveRoom',
      method: 'delete',
      path: '/rooms/:roomId',
      tag: 'messages',
      auth: 'session',
      limit: 'write',
      summary: { ko: '대화방 나가기', en: 'Leave a room' },
      description: {
        ko: '내 목록에서 사라지고, 새 메시지가 오면 다시 나타납니다. 상대에게는 알리지 않습니다.',
        en: 'It hides from my list until a new message. The other person is not told.',
      },
      params: schema.RoomParams,
      success: { status: 204 },
      errors: ['room_not_found'],
    },
    async ({ ctx, params }) => leaveRoom(ctx, params.roomId),
  ),
  endpoint(
    {
      id: 'listMessages',
      method: 'get',
      path: '/rooms/:roomId/messages',
      tag: 'messages',
      auth: 'session',
      limit: 'read',
      summary: { ko: '메시지 목록', en: 'Messages of a room' },
      description: {
        ko: '놓친 메시지는 after에 가진 마지막 sequence를 넣어 오래된 순으로, 지난 대화는 before에 가장 오래된 sequence를 넣어 최신순으로 받습니다. 둘 다 없으면 마지막 메시지부터입니다. hasMore가 true이면 이어서 더 받습니다.',
        en: 'Missed ones: `after` the last sequence held, oldest first. History: `before` the oldest held, newest first. Without either: from the end. Go on while `hasMore`.',
      },
      params: schema.RoomParams,
      query: schema.HistoryQuery,
      success: { status: 200, body: schema.MessageList },
      errors: ['room_not_found'],
    },
    async ({ ctx, params, query }) => listMessages(ctx, params.roomId, query),
  ),
  endpoint(
    {
      id: 'sendMessage',
      method: 'post',
      path: '/rooms/:roomId/messages',
      tag: 'messages',
      auth: 'session',
      limit: 'write',
      isIdempotent: true,
      summary: { ko: '메시지 보내기', en: 'Send a message' },
      description: {
        ko: 'Idempotency-Key에 앱이 만든 id를 넣으면 다시 보내도 한 번만 보내지고, 그 값이 clientId로 돌아옵니다. 1분에 30개까지, 한 번도 답하지 않은 사람에게는 3개까지 보낼 수 있습니다.',
        en: 'With an id of the app as Idempotency-Key, sending again makes one message; it comes back as clientId. 30 a minute, and 3 to somebody who has never answered.',
      },
      params: schema.RoomParams,
      body: schema.SendMessage,
      success: { status: 201, body: schema.Message },
      errors: ['room_not_found', 'message_refused', 'message_unanswered', 'idempotency_key_reused'],
    },
    async ({ ctx, params, body, clientKey }) =>
      sendMessage(ctx, { roomId: params.roomId, text: body.text, clientKey }),
  ),
  endpoint(
    {
      id: 'markRoomRead',
      method: 'put',
      path: '/rooms/:roomId/read',
      tag: 'messages',
      auth: 'session',
      limit: 'write',
      summary: { ko: '여기까지 읽음', en: 'Read up to here' },
      description: {
        ko: '뒤로는 가지 않습니다. WebSocket의 read 프레임과 같습니다.',
        en: 'Never goes back. The same as the `read` frame of the WebSocket.',
      },
      params: schema.RoomParams,
      body: schema.MarkRead,
      success: { status: 204 },
      errors: ['room_not_found'],
    },
    async ({ ctx, params, body }) => markRoomRead(ctx, params.roomId, body.sequence),
  ),
  endpoint(
    {
      id: 'muteRoom',
      method: 'put',
      path: '/rooms/:roomId/mute',
      tag: 'messages',
      auth: 'session',
      limit: 'write',
      summary: { ko: '대화방 알림 끄기', en: 'Mute a room' },
      params: schema.RoomParams,
      success: { status: 204 },
      errors: ['room_not_found'],
    },
    async ({ ctx, params }) => setMuted(ctx, params.roomId, true),
  ),
  endpoint(
    {
      id: 'unmuteRoom',
      method: 'delete',
      path: '/rooms/:roomId/mute',
      tag: 'messages',
      auth: 'session',
      limit: 'write',
      summary: { ko: '대화방 알림 켜기', en: 'Unmute a room' },
      params: schema.RoomParams,
      success: { status: 204 },
      errors: ['room_not_found'],
    },
    async ({ ctx, params }) => setMuted(ctx, params.roomId, false),
  ),
];
