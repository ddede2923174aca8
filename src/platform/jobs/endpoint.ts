import { endpoint, type Endpoint } from '../http/endpoint.ts';
import { receiveMessage } from './receive.ts';

/** The one way in for jobs. */
export const jobEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'receiveJob',
      method: 'post',
      path: '/jobs',
      tag: 'jobs',
      auth: 'job',
      limit: 'none',
      summary: { ko: '작업 받기 (QStash 전용)', en: 'Receive a job (QStash only)' },
      description: {
        ko: '앱이 부르는 주소가 아닙니다. QStash의 서명이 있어야 합니다.',
        en: 'Not for apps: takes only what QStash has signed. 489 tells QStash not to try again.',
      },
      rawBody: ['application/json'],
      maxBodyBytes: 256 * 1024,
      success: { status: 204 },
      errors: ['job_refused'],
    },
    async ({ ctx, c }) =>
      receiveMessage(ctx, {
        body: await c.req.text(),
        messageId: c.req.header('upstash-message-id') ?? ctx.requestId,
        retried: Number(c.req.header('upstash-retried') ?? 0) || 0,
      }),
  ),
];
