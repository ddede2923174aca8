import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../errors.ts';
import type { AppContext } from './app-context.ts';

type Hosts = { PUBLIC_URL: string; MEDIA_URL?: string | undefined };

/**
 * Where media have a host of their own, it answers them and nothing else, and no other host answers them: what people
 * upload shares its origin with nothing.
 */
export function keepMediaApart(hostsOf: (c: Context<AppContext>) => Hosts): MiddlewareHandler<AppContext> {
  return async (c, next) => {
    const { PUBLIC_URL, MEDIA_URL = PUBLIC_URL } = hostsOf(c);
    const mediaHost = new URL(MEDIA_URL).host;
    if (mediaHost !== new URL(PUBLIC_URL).host) {
      const isOnMediaHost = new URL(c.req.url).host === mediaHost;
      if (isOnMediaHost !== c.req.path.startsWith('/media/')) throw new AppError('not_found');
    }
    await next();
  };
}
