/** One HTTP call to a destination, as QStash makes it. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Answer, Message } from './types.ts';

/** What callbacks, dead letters and logs keep of an answer's body. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Never rejects: no answer is an `Answer` with status 0. Redirects are not followed. Each call has a connection of its
 * own, since a restarted destination would cut a kept one just as it is used again.
 */
export function deliver(
  message: Message,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const body = Buffer.from(message.body, 'base64');
  return new Promise((resolve) => {
    function fail(error: Error): void {
      const reason = signal.aborted ? 'timed out' : error.message;
      resolve({ status: 0, headers: {}, body: '', error: reason });
    }
    const outgoing = (message.url.startsWith('https:') ? requestHttps : requestHttp)(
      message.url,
      {
        method: message.settings.method,
        headers: { ...headers, 'Content-Length': body.length },
        agent: false,
        signal,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: copyHeaders(incoming.headersDistinct),
            body: Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('base64'),
          }),
        );
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** The headers of an attempt but its signature. */
export function buildDeliveryHeaders(message: Message): Record<string, string> {
  const headers: Record<string, string> = {
    'User-Agent': 'Upstash-QStash',
    ...message.settings.headers,
    'Upstash-Message-Id': message.messageId,
    'Upstash-Retried': String(message.retried),
    'Upstash-Caller-Ip': message.callerIp,
  };
  if (message.scheduleId) headers['Upstash-Schedule-Id'] = message.scheduleId;
  if (message.topicName) headers['Upstash-Topic-Name'] = message.topicName;
  return headers;
}

function copyHeaders(distinct: NodeJS.Dict<string[]>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(distinct).flatMap(([name, values]) => (values ? [[name, values]] : [])),
  );
}
