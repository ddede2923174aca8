import { AppError } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';
import { servedPath } from './mount.ts';

/** The error for a request that no route took: 405 with `Allow` when the path exists under other methods, else 404. */
export function methodNotAllowed(path: string, endpoints: readonly Endpoint[]): AppError {
  const methods = endpoints
    .filter(({ spec }) => pathPattern(servedPath(spec)).test(path))
    .map(({ spec }) => spec.method.toUpperCase());
  if (methods.length === 0) return new AppError('not_found');
  return new AppError('method_not_allowed', { headers: { allow: [...new Set(methods)].join(', ') } });
}

function pathPattern(path: string): RegExp {
  const source = path.replaceAll(/[.+*?^$()[\]\\|]/g, '\\$&').replaceAll(/:\w+(\{[^}]*\})?/g, '[^/]+');
  return new RegExp(`^${source}$`);
}
