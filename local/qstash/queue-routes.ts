/** FIFO queues and URL groups. */
import { checkName } from './accept.ts';
import { ApiError } from './api-error.ts';
import type { Broker } from './broker.ts';
import { checkUrl } from './publish-headers.ts';
import { ok, route, type Route, type RouteContext } from './routes.ts';
import type { Endpoint, Queue, UrlGroup } from './types.ts';
import { viewQueue, viewUrlGroup } from './views.ts';

export const queueRoutes: Route[] = [
  route('POST', '/v2/queues', upsertQueue),
  route('GET', '/v2/queues', ({ broker }) =>
    ok([...broker.state.queues.values()].map((queue) => show(broker, queue))),
  ),
  route('GET', '/v2/queues/{name}', (context) => ok(show(context.broker, findQueue(context)))),
  route('DELETE', '/v2/queues/{name}', ({ broker, params: [name = ''] }) => {
    broker.state.queues.delete(name);
    broker.touch();
    return ok();
  }),
  route('POST', '/v2/queues/{name}/pause', (context) => setPaused(context, true)),
  route('POST', '/v2/queues/{name}/resume', (context) => setPaused(context, false)),
];

export const urlGroupRoutes: Route[] = [
  route('GET', '/v2/topics', ({ broker }) => ok([...broker.state.urlGroups.values()].map(viewUrlGroup))),
  route('GET', '/v2/topics/{name}', (context) => ok(viewUrlGroup(findGroup(context)))),
  route('DELETE', '/v2/topics/{name}', (context) => {
    context.broker.state.urlGroups.delete(findGroup(context).name);
    context.broker.touch();
    return ok();
  }),
  route('POST', '/v2/topics/{name}/endpoints', addEndpoints),
  route('DELETE', '/v2/topics/{name}/endpoints', removeEndpoints),
];

function upsertQueue({ broker, request }: RouteContext) {
  const {
    queueName,
    parallelism = 1,
    paused,
  } = request.json() as {
    queueName?: string;
    parallelism?: number;
    paused?: boolean;
  };
  checkName(queueName ?? '', 'queue name');
  if (!Number.isInteger(parallelism) || parallelism < 1) throw new ApiError(400, 'invalid parallelism');
  const queue = ensureQueue(broker, queueName ?? '');
  queue.parallelism = parallelism;
  if (paused !== undefined) queue.isPaused = paused;
  queue.updatedAt = broker.clock.now();
  broker.touch();
  return ok();
}

function setPaused({ broker, params: [name = ''] }: RouteContext, isPaused: boolean) {
  checkName(name, 'queue name');
  const queue = ensureQueue(broker, name);
  queue.isPaused = isPaused;
  queue.updatedAt = broker.clock.now();
  broker.touch();
  return ok();
}

function ensureQueue({ state, clock }: Broker, name: string): Queue {
  const now = clock.now();
  const queue = state.queues.get(name) ?? {
    name,
    parallelism: 1,
    isPaused: false,
    createdAt: now,
    updatedAt: now,
  };
  state.queues.set(name, queue);
  return queue;
}

function findQueue({ broker, params: [name = ''] }: RouteContext): Queue {
  const queue = broker.state.queues.get(name);
  if (!queue) throw new ApiError(404, `queue ${name} not found`);
  return queue;
}

function show({ state }: Broker, queue: Queue) {
  const lag = [...state.messages.values()].filter((message) => message.queueName === queue.name).length;
  return viewQueue(queue, lag);
}

function addEndpoints({ broker, request, params: [name = ''] }: RouteContext) {
  const { endpoints } = request.json() as { endpoints: Endpoint[] };
  checkName(name, 'URL group name');
  for (const endpoint of endpoints) checkUrl(endpoint.url, 'endpoint');
  const now = broker.clock.now();
  const known = broker.state.urlGroups.get(name);
  const kept = (known?.endpoints ?? []).filter((old) => !endpoints.some((added) => added.url === old.url));
  broker.state.urlGroups.set(name, {
    name,
    endpoints: [...kept, ...endpoints],
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  });
  broker.touch();
  return ok();
}

/** A group that has lost its last endpoint is gone. */
function removeEndpoints(context: RouteContext) {
  const { endpoints } = context.request.json() as { endpoints: Partial<Endpoint>[] };
  const group = findGroup(context);
  group.endpoints = group.endpoints.filter(
    (endpoint) =>
      !endpoints.some((gone) => (gone.url ? gone.url === endpoint.url : gone.name === endpoint.name)),
  );
  group.updatedAt = context.broker.clock.now();
  if (group.endpoints.length === 0) context.broker.state.urlGroups.delete(group.name);
  context.broker.touch();
  return ok();
}

function findGroup({ broker, params: [name = ''] }: RouteContext): UrlGroup {
  const group = broker.state.urlGroups.get(name);
  if (!group) throw new ApiError(404, `URL group ${name} not found`);
  return group;
}
