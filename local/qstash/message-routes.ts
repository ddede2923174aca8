/** Publish, enqueue, batch; look at and cancel messages. */
import type { StandInRequest } from '../stand-in.ts';
import type { Submission } from './accept.ts';
import { ApiError } from './api-error.ts';
import { cancelMessage, submit } from './broker.ts';
import { matchesFilter, readList } from './filter.ts';
import { keepPublishHeaders } from './publish-headers.ts';
import { ok, route, type Route, type RouteContext } from './routes.ts';
import { viewMessage } from './views.ts';

/** Limits of the pay-as-you-go plan. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_BATCH_BYTES = 100 * 1024 * 1024;

type BatchEntry = { destination: string; headers?: Record<string, string>; body?: string; queue?: string };

export const messageRoutes: Route[] = [
  route('POST', '/v2/publish/{destination}', ({ broker, request, params: [destination = ''] }) =>
    replyOne(submit(broker, [readSubmission(request, destination)])),
  ),
  route(
    'POST',
    '/v2/enqueue/{queueName}/{destination}',
    ({ broker, request, params: [name = '', destination = ''] }) => {
      const origin = { queueName: decodeURIComponent(name) };
      return replyOne(submit(broker, [{ ...readSubmission(request, destination), origin }]));
    },
  ),
  route('POST', '/v2/batch', ({ broker, request }) => {
    if (request.body.length > MAX_BATCH_BYTES) throw new ApiError(413, 'batch is too large');
    const entries = request.json() as BatchEntry[];
    if (!Array.isArray(entries)) throw new ApiError(400, 'a batch is an array');
    return ok(
      submit(
        broker,
        entries.map((entry) => readBatchEntry(request, entry)),
      ),
    );
  }),
  route('GET', '/v2/messages/{messageId}', (context) => ok(viewMessage(findMessage(context)))),
  route('DELETE', '/v2/messages/{messageId}', (context) => {
    cancel(context, [findMessage(context)]);
    return ok({ cancelled: 1 });
  }),
  route('DELETE', '/v2/messages', (context) => {
    const { broker, request, query } = context;
    const named =
      request.body.length > 0 ? ((request.json() as { messageIds?: string[] }).messageIds ?? []) : [];
    const ids = new Set([...named, ...readList(query, 'messageIds')]);
    const found = [...broker.state.messages.values()].filter(
      (message) =>
        (ids.size === 0 || ids.has(message.messageId)) &&
        matchesFilter(message, query, { time: message.createdAt }),
    );
    cancel(context, found);
    return ok({ cancelled: found.length });
  }),
];

/** The message a request carries. Throws `ApiError` 413 when it is too large. */
export function readSubmission(request: StandInRequest, destination: string): Submission {
  return {
    destination,
    headers: keepPublishHeaders(request.headers),
    body: encodeBody(request.body),
    callerIp: callerOf(request),
  };
}

export function callerOf(request: StandInRequest): string {
  return request.raw.request.socket.remoteAddress ?? '127.0.0.1';
}

function readBatchEntry(request: StandInRequest, entry: BatchEntry): Submission {
  if (typeof entry?.destination !== 'string') throw new ApiError(400, 'a batch entry needs a destination');
  return {
    destination: entry.destination,
    headers: keepPublishHeaders(entry.headers ?? {}),
    body: encodeBody(Buffer.from(entry.body ?? '', 'utf8')),
    callerIp: callerOf(request),
    ...(entry.queue && { origin: { queueName: entry.queue } }),
  };
}

function encodeBody(body: Buffer): string {
  if (body.length > MAX_BODY_BYTES) throw new ApiError(413, 'message is too large');
  return body.toString('base64');
}

function replyOne([response]: ReturnType<typeof submit>) {
  const isDuplicate = response && !Array.isArray(response) && response.deduplicated;
  return { status: isDuplicate ? 202 : 200, body: response };
}

function findMessage({ broker, params: [messageId = ''] }: RouteContext) {
  const message = broker.state.messages.get(messageId);
  if (!message) throw new ApiError(404, `message ${messageId} not found`);
  return message;
}

function cancel({ broker, engine }: RouteContext, messages: ReturnType<typeof findMessage>[]): void {
  for (const message of messages) cancelMessage(broker, message, engine.isInFlight(message.messageId));
}
