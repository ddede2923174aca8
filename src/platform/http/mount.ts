import type { Context, Hono, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type * as z from 'zod';
import type { Actor, Ctx } from '../context.ts';
import { AppError } from '../errors.ts';
import type { AppContext } from './app-context.ts';
import type { AuthMode, Endpoint, EndpointSpec } from './endpoint.ts';
import { validate } from './validation.ts';

const DEFAULT_MAX_BODY_BYTES = 64 * 1024;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,64}$/;
/** Seconds: the period of the rate-limit bindings in wrangler.toml. */
const LIMIT_PERIOD = 60;

/** Finds out who is calling, or throws `unauthenticated`. One for each way in. */
export type Authenticators = {
  [A in Exclude<AuthMode, 'public'>]: (c: Context<AppContext>) => Promise<Actor>;
};

export type Limiters = Record<'ip' | 'read' | 'write', RateLimit>;

export type MountOptions = {
  authenticators: Authenticators;
  limiters(c: Context<AppContext>): Limiters;
};

/** The Hono path a route is served at. */
export function servedPath(spec: EndpointSpec): string {
  return spec.isUnversioned ? spec.path : `/v1${spec.path}`;
}

/** Mounts routes: limit by address, who is it, limit by person, body size and type, input, then the handler. */
export function mountEndpoints(
  app: Hono<AppContext>,
  endpoints: readonly Endpoint[],
  options: MountOptions,
): void {
  for (const endpoint of endpoints) {
    const { spec } = endpoint;
    const handlers: MiddlewareHandler[] = [entrance(spec, options) as MiddlewareHandler];
    if (spec.body || spec.rawBody) handlers.push(requireContentType(spec));
    if (spec.needsLength) handlers.push(requireLength);
    // A job's signature covers its body, which is therefore read before anybody is known.
    if (spec.auth === 'job') handlers.unshift(requireBodySize(spec));
    else if (spec.body || spec.rawBody) handlers.push(requireBodySize(spec));
    if (spec.params) handlers.push(validate('param', spec.params));
    if (spec.query) handlers.push(validate('query', spec.query));
    if (spec.body) handlers.push(validate('json', spec.body));
    app.on(
      spec.method.toUpperCase(),
      [servedPath(spec)],
      ...handlers,
      handler(endpoint) as MiddlewareHandler,
    );
  }
}

function entrance(
  spec: EndpointSpec,
  { authenticators, limiters }: MountOptions,
): MiddlewareHandler<AppContext> {
  return async (c, next) => {
    c.set('endpoint', spec);
    if (spec.auth === 'public') {
      if (spec.limit !== 'none')
        await spend(limiters(c).ip, `${callerNetwork(c.req.header('cf-connecting-ip'))}`);
      c.set('actor', { kind: 'anonymous' });
    } else {
      const actor = await authenticators[spec.auth](c);
      if (actor.kind === 'user') c.set('actorId', actor.userId);
      if (actor.kind === 'staff') c.set('actorId', actor.staffId);
      c.set('actor', actor);
      if (spec.limit !== 'none') await spend(limiters(c)[spec.limit], c.get('actorId') ?? 'system');
    }
    await next();
  };
}

async function spend(limiter: RateLimit, key: string): Promise<void> {
  const { success } = await limiter.limit({ key });
  if (!success) throw new AppError('rate_limited', { retryAfter: LIMIT_PERIOD });
}

/**
 * Whom an address limit counts: the IPv4 address, or the /64 of an IPv6 address (one household has 2^64 of them).
 * Only `CF-Connecting-IP` is believed.
 */
export function callerNetwork(address: string | undefined): string {
  if (!address) return 'unknown';
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const zeros = address.includes('::')
    ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
    : [];
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}

function requireContentType(spec: EndpointSpec): MiddlewareHandler {
  const accepted = spec.rawBody ?? ['application/json'];
  return async (c, next) => {
    const [type = ''] = (c.req.header('content-type') ?? '').toLowerCase().split(';');
    const isAccepted = accepted.some((name) => name === '*/*' || name === type.trim());
    if (!isAccepted)
      throw new AppError('unsupported_media_type', { headers: { accept: accepted.join(', ') } });
    await next();
  };
}

/** Beforehand, because a body of unknown length is read whole to be measured. */
const requireLength: MiddlewareHandler = async (c, next) => {
  if (!/^\d{1,15}$/.test(c.req.header('content-length') ?? '')) throw new AppError('length_required');
  await next();
};

function requireBodySize(spec: EndpointSpec): MiddlewareHandler {
  return bodyLimit({
    maxSize: spec.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    onError: () => {
      throw new AppError('body_too_large');
    },
  });
}

function handler({ spec, handle }: Endpoint): MiddlewareHandler<AppContext> {
  return async (c) => {
    const deps = c.get('deps');
    const ctx: Ctx = { deps, actor: c.get('actor'), requestId: c.get('requestId') };
    const result = await handle({
      ctx: ctx as Parameters<typeof handle>[0]['ctx'],
      params: validated(c, 'param', spec.params),
      query: validated(c, 'query', spec.query),
      body: validated(c, 'json', spec.body),
      clientKey: spec.isIdempotent ? readClientKey(c) : undefined,
      request: c.req.raw,
      c: c as Context,
    });
    if (result instanceof Response) return result;
    if (spec.success.status === 204) return c.body(null, 204);
    return c.json(result as object, spec.success.status as ContentfulStatusCode);
  };
}

function validated(
  c: Context<AppContext>,
  target: 'param' | 'query' | 'json',
  schema: z.ZodType | undefined,
): unknown {
  return schema ? c.req.valid(target as never) : undefined;
}

function readClientKey(c: Context<AppContext>): string | undefined {
  const key = c.req.header('idempotency-key');
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) throw new AppError('invalid_idempotency_key');
  return key;
}
