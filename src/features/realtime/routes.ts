import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { connectApp, connectBrowser } from './connect.ts';
import * as schema from './schemas.ts';
import { issueTicket } from './tickets.ts';

export const realtimeEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'connectRealtime',
      method: 'get',
      path: '/realtime',
      tag: 'realtime',
      auth: 'session',
      limit: 'write',
      summary: { ko: '실시간 연결 (앱)', en: 'Connect in real time (apps)' },
      description: {
        ko: 'WebSocket으로 업그레이드합니다. 새 메시지, 읽음, 입력 중, 알림이 모든 기기에 바로 옵니다. 프레임은 docs/realtime.md에 있습니다.',
        en: 'Upgrades to a WebSocket that brings new messages, reads, typing and notifications to all devices at once. The frames are in docs/realtime.md.',
      },
      success: { status: 101, description: 'Switching Protocols' },
      errors: ['upgrade_required'],
    },
    async ({ ctx, request }) => connectApp(ctx, request),
  ),
  endpoint(
    {
      id: 'connectRealtimeFromBrowser',
      method: 'get',
      path: '/realtime/browser',
      tag: 'realtime',
      auth: 'public',
      limit: 'read',
      summary: { ko: '실시간 연결 (브라우저)', en: 'Connect in real time (browsers)' },
      description: {
        ko: '브라우저의 WebSocket은 헤더를 붙일 수 없으므로, 먼저 티켓을 받아 여기에 넣습니다.',
        en: 'The WebSocket of a browser cannot carry headers: get a ticket first and name it here.',
      },
      query: schema.TicketQuery,
      success: { status: 101, description: 'Switching Protocols' },
      errors: ['upgrade_required', 'forbidden', 'unauthenticated'],
    },
    async ({ ctx, request, query }) => connectBrowser(ctx, request, query.ticket),
  ),
  endpoint(
    {
      id: 'issueRealtimeTicket',
      method: 'post',
      path: '/realtime/tickets',
      tag: 'realtime',
      auth: 'session',
      limit: 'write',
      summary: { ko: '브라우저용 연결 티켓 받기', en: 'Get a ticket for a browser' },
      description: {
        ko: '30초 안에 한 번만 쓸 수 있습니다.',
        en: 'For one use within 30 seconds.',
      },
      success: { status: 201, body: schema.Ticket },
    },
    async ({ ctx }) => {
      const { ticket, expiresAt } = await issueTicket(ctx);
      return { ticket, expiresAt: expiresAt.toISOString() };
    },
  ),
];
