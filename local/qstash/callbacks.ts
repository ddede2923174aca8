/** The messages that tell a callback address how an attempt went. */
import type { Submission } from './accept.ts';
import { spellHeaders } from './publish-headers.ts';
import type { Answer, CallbackSettings, Message } from './types.ts';

/** A callback is a message of its own, with the retries, delay and headers that were asked for it. */
export function buildCallback(
  callback: CallbackSettings,
  message: Message,
  answer: Answer,
  dlqId: string | undefined,
): Submission {
  const body = {
    status: answer.status,
    header: spellHeaders(answer.headers),
    body: answer.body,
    retried: message.retried,
    maxRetries: message.settings.maxRetries,
    ...(dlqId && { dlqId }),
    sourceMessageId: message.messageId,
    ...(message.topicName && { topicName: message.topicName }),
    ...(message.endpointName && { endpointName: message.endpointName }),
    url: message.url,
    method: message.settings.method,
    sourceHeader: Object.fromEntries(
      Object.entries(message.settings.headers).map(([name, value]) => [name, [value]]),
    ),
    sourceBody: message.body,
    notBefore: message.settings.notBefore ?? message.createdAt + message.settings.delayMs,
    createdAt: message.createdAt,
    ...(message.scheduleId && { scheduleId: message.scheduleId }),
    callerIP: message.callerIp,
  };
  return {
    destination: callback.url,
    headers: callback.headers,
    body: Buffer.from(JSON.stringify(body)).toString('base64'),
    callerIp: message.callerIp,
    ...(message.queueName && { origin: { blockedQueue: message.queueName } }),
  };
}
