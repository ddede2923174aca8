/** Logs of messages, and the signing keys. */
import { randomBytes } from 'node:crypto';
import { matchesFilter, readList, takePage } from './filter.ts';
import { ok, route, type Route, type RouteContext } from './routes.ts';
import { viewLog } from './views.ts';

const UNDER_WAY = new Set(['ACTIVE', 'RETRY', 'ERROR']);

export const logRoutes: Route[] = [
  // The client still asks for events; the documentation calls them logs.
  route('GET', '/v2/events', (context) => {
    const { page, cursor } = listLogs(context);
    return ok({ events: page, ...(cursor && { cursor }) });
  }),
  route('GET', '/v2/logs', (context) => {
    const { page, cursor } = listLogs(context);
    return ok({ logs: page, ...(cursor && { cursor }) });
  }),
];

export const keyRoutes: Route[] = [
  route('GET', '/v2/keys', ({ broker }) => ok(broker.keys)),
  route('POST', '/v2/keys/rotate', ({ broker }) => {
    const { keys } = broker;
    keys.current = keys.next;
    keys.next = `sig_${randomBytes(21).toString('base64url')}`;
    return ok(keys);
  }),
];

/** Newest first. */
function listLogs({ broker, query }: RouteContext) {
  const wanted = readList(query, 'state');
  const others = new URLSearchParams(query);
  if (wanted.includes('IN_PROGRESS')) others.delete('state');
  const entries = broker.state.logs
    .filter(
      ({ message, time, state }) =>
        matchesFilter(message, others, { time, state }) &&
        (others.has('state') || wanted.length === 0 || UNDER_WAY.has(state)),
    )
    .toReversed();
  const { page, cursor } = takePage(entries, query);
  return { page: page.map(viewLog), cursor };
}
