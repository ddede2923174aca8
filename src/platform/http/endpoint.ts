import type { Context } from 'hono';
import type * as z from 'zod';
import type { Anonymous, Ctx, StaffActor, SystemActor, UserActor } from '../context.ts';
import type { ErrorCode } from '../errors.ts';

/** Who may call a route. Required, so that no list of open paths exists to be forgotten. */
export type AuthMode = 'public' | 'session' | 'company' | 'staff' | 'job';

/** Which ordinary limit counts a call. What needs exact counting is counted in Redis by the verb itself. */
export type LimitPolicy = 'read' | 'write' | 'none';

type ActorOf<A extends AuthMode> = A extends 'session' | 'company'
  ? UserActor
  : A extends 'staff'
    ? StaffActor
    : A extends 'job'
      ? SystemActor
      : Anonymous;

type Output<S extends z.ZodType | undefined> = S extends z.ZodType ? z.input<S> : void;
type Input<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : undefined;

export type Localized = { ko: string; en: string };

export type EndpointSpec<
  A extends AuthMode = AuthMode,
  P extends z.ZodType | undefined = z.ZodType | undefined,
  Q extends z.ZodType | undefined = z.ZodType | undefined,
  B extends z.ZodType | undefined = z.ZodType | undefined,
  S extends z.ZodType | undefined = z.ZodType | undefined,
> = {
  /** operationId in the OpenAPI document and in the request log. */
  id: string;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Hono path below /v1, e.g. `/posts/:postId`. */
  path: string;
  tag: string;
  auth: A;
  limit: LimitPolicy;
  summary: Localized;
  /** More for readers of the docs, Markdown. */
  description?: Localized;
  params?: P;
  query?: Q;
  /** JSON body. */
  body?: B;
  /** A body that is not JSON: the handler reads `request.body` itself. The content types it takes. */
  rawBody?: readonly string[];
  /** Largest body in bytes; 64 KiB when absent. */
  maxBodyBytes?: number;
  /** The sender must say the body's length beforehand: nothing of unknown size is read. */
  needsLength?: true;
  /** Takes `Idempotency-Key`; the handler gets it as `clientKey`. */
  isIdempotent?: true;
  success: { status: 101 | 200 | 201 | 202 | 204; body?: S; description?: string; contentType?: string };
  /** Error codes of its own, beside those every route can give. */
  errors?: readonly ErrorCode[];
  /** Served outside /v1. */
  isUnversioned?: true;
} & StaffRole<A>;

/** What a member of staff must be allowed: a route of theirs has to say, no other may. */
type StaffRole<A extends AuthMode> = A extends 'staff'
  ? { staffRole: 'reader' | 'writer' }
  : { staffRole?: never };

export type EndpointInput<
  A extends AuthMode,
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
> = {
  ctx: Ctx<ActorOf<A>>;
  params: Input<P>;
  query: Input<Q>;
  body: Input<B>;
  clientKey: string | undefined;
  request: Request;
  c: Context;
};

export type Endpoint = {
  spec: EndpointSpec;
  handle(input: EndpointInput<AuthMode, z.ZodType, z.ZodType, z.ZodType>): Promise<unknown>;
};

/**
 * Declares one route. The handler takes validated input and answers the success body (nothing for 204), or a
 * `Response` where it streams.
 */
export function endpoint<
  A extends AuthMode,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  S extends z.ZodType | undefined = undefined,
>(
  spec: EndpointSpec<A, P, Q, B, S>,
  handle: (input: EndpointInput<A, P, Q, B>) => Promise<Output<S> | Response>,
): Endpoint {
  return { spec, handle } as unknown as Endpoint;
}
