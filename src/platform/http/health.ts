import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { AppError } from '../errors.ts';
import { endpoint, type Endpoint } from './endpoint.ts';

const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

export const healthEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'getHealth',
      method: 'get',
      path: '/health',
      isUnversioned: true,
      tag: 'system',
      auth: 'public',
      limit: 'none',
      summary: { ko: '살아 있는지', en: 'Is the Worker alive' },
      success: { status: 200, body: Health },
    },
    async () => ({ status: 'ok' as const }),
  ),
  endpoint(
    {
      id: 'getReadiness',
      method: 'get',
      path: '/health/ready',
      isUnversioned: true,
      tag: 'system',
      auth: 'public',
      limit: 'read',
      summary: { ko: '데이터베이스와 Redis까지 준비되었는지', en: 'Are the database and Redis within reach' },
      success: { status: 200, body: Health },
    },
    async ({ ctx }) => {
      const { db, cache } = ctx.deps;
      const checks = await Promise.allSettled([db.execute(sql`select 1`), cache.ping()]);
      if (checks.some((check) => check.status === 'rejected'))
        throw new AppError('unavailable', { retryAfter: 5 });
      return { status: 'ok' as const };
    },
  ),
];
