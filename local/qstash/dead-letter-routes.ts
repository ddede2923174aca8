/** The dead-letter queue: list, look at, delete, send again. */
import type { Submission } from './accept.ts';
import { ApiError } from './api-error.ts';
import { submit, type Broker } from './broker.ts';
import { matchesFilter, readList, takePage } from './filter.ts';
import { keepPublishHeaders } from './publish-headers.ts';
import { ok, route, type Route, type RouteContext } from './routes.ts';
import type { DeadLetter } from './types.ts';
import { viewDeadLetter } from './views.ts';

/** A message sent again is due at once and is no duplicate of itself. */
const NOT_REPEATED = [
  'upstash-delay',
  'upstash-not-before',
  'upstash-deduplication-id',
  'upstash-content-based-deduplication',
];

export const deadLetterRoutes: Route[] = [
  route('GET', '/v2/dlq', (context) => {
    const { page, cursor } = takePage(select(context), context.query);
    return ok({ messages: page.map(viewDeadLetter), cursor: cursor ?? '' });
  }),
  route('DELETE', '/v2/dlq', (context) => {
    const { page, cursor } = takePage(select(context), firstPage(context.query));
    for (const letter of page) remove(context.broker, letter);
    return ok({ deleted: page.length, ...(cursor && { cursor }) });
  }),
  route('POST', '/v2/dlq/retry', (context) => {
    const { page, cursor } = takePage(select(context), firstPage(context.query));
    if (page.length < new Set(readList(context.query, 'dlqIds')).size) {
      throw new ApiError(404, 'some messages were not found in the DLQ');
    }
    const responses = retry(context, page);
    return { status: 201, body: { responses, ...(cursor && { cursor }) } };
  }),
  route('POST', '/v2/dlq/retry/{dlqId}', (context) => {
    const [response] = retry(context, [find(context)]);
    return { status: 201, body: response };
  }),
  route('GET', '/v2/dlq/{dlqId}', (context) => ok(viewDeadLetter(find(context)))),
  route('DELETE', '/v2/dlq/{dlqId}', (context) => {
    remove(context.broker, find(context));
    return ok();
  }),
];

/** Newest first. Ids that are given make every other filter void. */
function select({ broker, query }: RouteContext): DeadLetter[] {
  const ids = new Set(readList(query, 'dlqIds'));
  return [...broker.state.deadLetters.values()]
    .filter((letter) =>
      ids.size > 0
        ? ids.has(letter.dlqId)
        : matchesFilter(letter.message, query, {
            time: letter.failedAt,
            responseStatus: letter.responseStatus,
          }),
    )
    .toReversed();
}

/** What a call removes moves the rest up, so a cursor that counts positions starts again at the front. */
function firstPage(query: URLSearchParams): URLSearchParams {
  const first = new URLSearchParams(query);
  first.delete('cursor');
  return first;
}

function find({ broker, params: [dlqId = ''] }: RouteContext): DeadLetter {
  const letter = broker.state.deadLetters.get(dlqId);
  if (!letter) throw new ApiError(404, `message ${dlqId} not found in the DLQ`);
  return letter;
}

function retry({ broker, request }: RouteContext, letters: DeadLetter[]) {
  const overrides = keepPublishHeaders(request.headers);
  delete overrides['content-type'];
  const responses = submit(
    broker,
    letters.map((letter) => buildRetry(letter, overrides)),
  );
  for (const letter of letters) remove(broker, letter);
  return responses;
}

function buildRetry({ message }: DeadLetter, overrides: Record<string, string>): Submission {
  const { queueName, scheduleId } = message;
  const kept = Object.entries(message.publishHeaders).filter(([name]) => !NOT_REPEATED.includes(name));
  return {
    destination: message.url,
    headers: { ...Object.fromEntries(kept), ...overrides },
    body: message.body,
    callerIp: message.callerIp,
    origin: { ...(queueName && { queueName }), ...(scheduleId && { scheduleId }) },
  };
}

function remove(broker: Broker, letter: DeadLetter): void {
  broker.state.deadLetters.delete(letter.dlqId);
  broker.touch();
}
