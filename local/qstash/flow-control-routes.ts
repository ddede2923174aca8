/** Flow-control keys: look at, pause, pin, reset. */
import { ApiError } from './api-error.ts';
import { GLOBAL_PARALLELISM } from './engine.ts';
import {
  createFlowControl,
  pinSettings,
  resetRate,
  viewFlowControl,
  type FlowControl,
} from './flow-control.ts';
import { ok, route, type Route, type RouteContext } from './routes.ts';

export const flowControlRoutes: Route[] = [
  route('GET', '/v2/globalParallelism', ({ engine }) =>
    ok({ parallelismMax: GLOBAL_PARALLELISM, parallelismCount: engine.counts().inFlight }),
  ),
  route('GET', '/v2/flowControl', (context) =>
    ok([...context.broker.state.flowControls.values()].map((control) => show(context, control))),
  ),
  route('GET', '/v2/flowControl/{key}', (context) => {
    const key = keyOf(context);
    const control = context.broker.state.flowControls.get(key);
    if (!control) throw new ApiError(404, `flow control key ${key} not found`);
    return ok(show(context, control));
  }),
  change('pause', (control) => {
    control.isPaused = true;
  }),
  change('resume', (control) => {
    control.isPaused = false;
  }),
  change('resetRate', (control, { broker }) => resetRate(control, broker.clock.now())),
  change('pin', (control, { broker, query }) => {
    const [parallelism, rate, period] = ['parallelism', 'rate', 'period'].map((name) =>
      readLimit(query, name),
    );
    const limits = {
      ...(parallelism && { parallelism }),
      ...(rate && { rate }),
      ...(period && { periodMs: period * 1000 }),
    };
    pinSettings(control, limits, broker.clock.now());
  }),
  change('unpin', (control, { query }) => {
    if (query.get('parallelism') === 'true') control.isPinnedParallelism = false;
    if (query.get('rate') === 'true') control.isPinnedRate = false;
  }),
];

function change(name: string, apply: (control: FlowControl, context: RouteContext) => void): Route {
  return route('POST', `/v2/flowControl/{key}/${name}`, (context) => {
    const { state, clock } = context.broker;
    const key = keyOf(context);
    const control = state.flowControls.get(key) ?? createFlowControl(key, clock.now());
    state.flowControls.set(key, control);
    apply(control, context);
    context.broker.touch();
    return ok();
  });
}

function show({ broker, engine }: RouteContext, control: FlowControl) {
  const active = engine.countActive(control.key);
  const now = broker.clock.now();
  const waiting = broker.waiting
    .listDue(now)
    .filter((message) => message.settings.flowControl?.key === control.key);
  return viewFlowControl(control, active, waiting.length, now);
}

function keyOf({ params: [key = ''] }: RouteContext): string {
  return decodeURIComponent(key);
}

function readLimit(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new ApiError(400, `invalid ${name} "${text}"`);
  return Number(text);
}
