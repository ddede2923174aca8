import type { Actor, Deps } from '../context.ts';
import type { ErrorCode } from '../errors.ts';
import type { Log } from '../log.ts';
import type { EndpointSpec } from './endpoint.ts';

/** Hono's types for this app. */
export type AppContext = {
  Bindings: object;
  Variables: {
    requestId: string;
    log: Log;
    deps: Deps;
    endpoint: EndpointSpec | undefined;
    actor: Actor;
    actorId: string | undefined;
    errorCode: ErrorCode | undefined;
  };
};
