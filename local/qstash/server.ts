/**
 * QStash on one machine: the API that @upstash/qstash speaks, deliveries signed as Receiver expects them, retries,
 * schedules and dead letters by a clock that tests can move (see control.ts), and switches to misbehave (switches.ts).
 * Where production refuses loopback destinations, this one allows nothing else.
 */
import { startStandIn, type Reply, type StandIn, type StandInRequest } from '../stand-in.ts';
import { ApiError } from './api-error.ts';
import type { Broker } from './broker.ts';
import { createClock } from './clock.ts';
import { createControl } from './control.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';
import { createDeliveryLog } from './delivery-log.ts';
import { createEngine, type Engine } from './engine.ts';
import { flowControlRoutes } from './flow-control-routes.ts';
import { keyRoutes, logRoutes } from './log-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { queueRoutes, urlGroupRoutes } from './queue-routes.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import { openStateFile } from './state.ts';
import { createSwitches } from './switches.ts';
import { createWaitingList } from './waiting-list.ts';

export type QstashOptions = {
  port?: number;
  /** Milliseconds added to every answer of the API. */
  latencyMs?: number;
  token: string;
  currentSigningKey: string;
  nextSigningKey: string;
  /** A file that keeps messages, schedules and dead letters over a restart; without it they are lost. */
  statePath?: string;
};

const ROUTES = [
  ...messageRoutes,
  ...scheduleRoutes,
  ...queueRoutes,
  ...urlGroupRoutes,
  ...deadLetterRoutes,
  ...flowControlRoutes,
  ...logRoutes,
  ...keyRoutes,
];

/** Starts it on 127.0.0.1. Rejects with EADDRINUSE when the port is taken. */
export async function startQstash(options: QstashOptions): Promise<StandIn> {
  const file = openStateFile(options.statePath);
  const firstKeys = { current: options.currentSigningKey, next: options.nextSigningKey };
  const broker: Broker = {
    state: file.state,
    waiting: createWaitingList(file.state.messages.values()),
    clock: createClock(),
    switches: createSwitches(),
    keys: { ...firstKeys },
    deliveries: createDeliveryLog(),
    touch() {
      file.markChanged();
      engine.wake();
    },
  };
  for (const message of file.state.messages.values()) broker.deliveries.open(message);
  const engine = createEngine(broker);
  const standIn = await startStandIn({
    port: options.port ?? 0,
    latencyMs: options.latencyMs ?? 0,
    handle: (request) => Promise.resolve(answer(broker, engine, request, options.token)),
    control: createControl(broker, engine, firstKeys),
    async onClose() {
      engine.close();
      file.flush();
    },
  });
  engine.wake();
  return standIn;
}

function answer(broker: Broker, engine: Engine, request: StandInRequest, token: string): Reply {
  try {
    if (broker.switches.down) throw new ApiError(503, 'service unavailable');
    const { searchParams: query } = request.url;
    const presented = request.headers.authorization?.replace(/^Bearer /i, '') ?? query.get('qstash_token');
    if (presented !== token) throw new ApiError(401, 'unauthorized: invalid token');
    for (const { methods, pattern, handle } of ROUTES) {
      const match = methods.includes(request.method) ? pattern.exec(request.path) : null;
      if (match) return handle({ broker, engine, request, params: match.slice(1), query });
    }
    throw new ApiError(404, `no such endpoint: ${request.method} ${request.url.pathname}`);
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: { error: error.message } };
    if (error instanceof SyntaxError)
      return { status: 400, body: { error: `invalid JSON: ${error.message}` } };
    throw error;
  }
}
