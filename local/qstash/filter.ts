/** The filters and pages that the lists of messages, dead letters and logs have in common. */
import type { Message } from './types.ts';

/** Values may be repeated or comma separated. One of each name must match; names that are not given match all. */
export function matchesFilter(
  message: Message,
  query: URLSearchParams,
  own: { time: number; responseStatus?: number | undefined; state?: string },
): boolean {
  const url = new URL(message.url);
  const fields: Record<string, string[]> = {
    messageId: [message.messageId],
    messageIds: [message.messageId],
    url: [message.url],
    host: [url.host],
    path: [url.pathname],
    topicName: listOf(message.topicName),
    scheduleId: listOf(message.scheduleId),
    queueName: listOf(message.queueName),
    label: message.settings.labels,
    flowControlKey: listOf(message.settings.flowControl?.key),
    callerIp: [message.callerIp],
    responseStatus: listOf(own.responseStatus?.toString()),
    state: listOf(own.state),
  };
  const { fromDate, toDate } = { fromDate: query.get('fromDate'), toDate: query.get('toDate') };
  if (fromDate && own.time < Number(fromDate)) return false;
  if (toDate && own.time > Number(toDate)) return false;
  return Object.entries(fields).every(([name, values]) => {
    const wanted = readList(query, name);
    return wanted.length === 0 || wanted.some((value) => values.includes(value));
  });
}

/** Whether a query names anything to filter by. */
export function readList(query: URLSearchParams, name: string): string[] {
  return query.getAll(name).flatMap((value) => value.split(',').filter((part) => part !== ''));
}

/** `count` entries from `cursor` on, and the cursor of the rest. The cursor is the position in the list. */
export function takePage<T>(entries: T[], query: URLSearchParams): { page: T[]; cursor?: string } {
  const start = Number(query.get('cursor') ?? 0) || 0;
  const count = Math.min(Math.max(Number(query.get('count') ?? 100) || 100, 1), 100);
  const page = entries.slice(start, start + count);
  return start + count < entries.length ? { page, cursor: String(start + count) } : { page };
}

function listOf(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
