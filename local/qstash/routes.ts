/** A route of the API: its path is matched as sent, since destinations stand unencoded in it. */
import type { Reply, StandInRequest } from '../stand-in.ts';
import type { Broker } from './broker.ts';
import type { Engine } from './engine.ts';

export type RouteContext = {
  broker: Broker;
  engine: Engine;
  request: StandInRequest;
  /** What the groups of the pattern caught. */
  params: string[];
  query: URLSearchParams;
};

export type Route = {
  methods: string[];
  /** Against the path with its query. */
  pattern: RegExp;
  handle(context: RouteContext): Reply;
};

/** `{name}` stands for one segment, which ends at `/` and `?`; `{destination}` for all that follows. */
export function route(methods: string, path: string, handle: (context: RouteContext) => Reply): Route {
  const source = path.replace(/\{(\w+)\}/g, (_match, name: string) =>
    name === 'destination' ? '(.+)' : '([^/?]+)',
  );
  const end = path.includes('{destination}') ? '' : '/?(?:\\?.*)?';
  return { methods: methods.split(' '), pattern: new RegExp(`^${source}${end}$`), handle };
}

export function ok(body?: object): Reply {
  return { status: 200, ...(body && { body }) };
}
