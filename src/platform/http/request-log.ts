import type { MiddlewareHandler } from 'hono';
import type { AppContext } from './app-context.ts';

/**
 * One structured line a request: which route, how it ended, how long it took (milliseconds) and what it cost in
 * statements and round trips. The path's pattern, not the path; no address, no query, nothing personal but ids.
 */
export function logRequest(): MiddlewareHandler<AppContext> {
  return async (c, next) => {
    const startedAt = Date.now();
    await next();
    const endpoint = c.get('endpoint');
    c.get('log').info('request', {
      method: c.req.method,
      route: endpoint?.path ?? 'none',
      operation: endpoint?.id,
      status: c.res.status,
      code: c.get('errorCode'),
      ms: Date.now() - startedAt,
      actor: c.get('actorId'),
      ...c.get('deps')?.outbound.counts(),
    });
  };
}
