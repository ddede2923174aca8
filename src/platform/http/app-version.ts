import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../errors.ts';
import type { AppContext } from './app-context.ts';

const VERSION = /^(\d{1,4})\.(\d{1,4})\.(\d{1,4})/;

/**
 * An app that names itself older than the least supported version (`X-App-Version: 1.2.3`) is told to update.
 * Callers that send no version, such as browsers and curl, are let through.
 */
export function requireSupportedApp(
  minimum: (c: Context<AppContext>) => string,
): MiddlewareHandler<AppContext> {
  return async (c, next) => {
    const version = c.req.header('x-app-version');
    if (version !== undefined && isOlder(version, minimum(c))) throw new AppError('app_outdated');
    await next();
  };
}

function isOlder(version: string, minimum: string): boolean {
  const ours = VERSION.exec(version);
  const least = VERSION.exec(minimum);
  if (!ours || !least) return false;
  for (const part of [1, 2, 3]) {
    const difference = Number(ours[part]) - Number(least[part]);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
