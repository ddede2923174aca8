/** How the API shows what is kept. Fields a message asked to redact appear as `REDACTED:<SHA-256>`. */
import { createHash } from 'node:crypto';
import { parsePublishHeaders, spellHeaders } from './publish-headers.ts';
import type { DeadLetter, LogEntry, Message, PublishSettings, Queue, Schedule, UrlGroup } from './types.ts';

export function viewMessage(message: Message) {
  const { settings } = message;
  return {
    messageId: message.messageId,
    url: message.url,
    topicName: message.topicName,
    endpointName: message.endpointName,
    ...viewContent(settings, message.body),
    ...viewSettings(settings),
    maxRetries: settings.maxRetries,
    notBefore: message.dueAt,
    createdAt: message.createdAt,
    queueName: message.queueName,
    scheduleId: message.scheduleId,
    callerIP: message.callerIp,
  };
}

export function viewDeadLetter(letter: DeadLetter) {
  const { text, base64 } = splitBody(letter.responseBody);
  return {
    ...viewMessage(letter.message),
    dlqId: letter.dlqId,
    responseStatus: letter.responseStatus,
    responseHeader: spellHeaders(letter.responseHeader),
    responseBody: text,
    responseBodyBase64: base64,
  };
}

export function viewSchedule(schedule: Schedule) {
  const settings = parsePublishHeaders(schedule.publishHeaders);
  return {
    scheduleId: schedule.scheduleId,
    cron: schedule.cron,
    destination: schedule.destination,
    createdAt: schedule.createdAt,
    ...viewContent(settings, schedule.body),
    ...viewSettings(settings),
    retries: settings.maxRetries,
    delay: settings.delayMs > 0 ? settings.delayMs / 1000 : undefined,
    queueName: schedule.queueName,
    isPaused: schedule.isPaused,
    lastScheduleTime: schedule.lastScheduleTime,
    nextScheduleTime: schedule.nextScheduleTime,
    lastScheduleStates: schedule.lastScheduleStates,
    callerIP: schedule.callerIp,
  };
}

export function viewLog({ time, state, message, nextDeliveryTime, answer }: LogEntry) {
  const { settings } = message;
  const { header } = viewContent(settings, message.body);
  return {
    time,
    state,
    messageId: message.messageId,
    url: message.url,
    topicName: message.topicName,
    endpointName: message.endpointName,
    queueName: message.queueName,
    scheduleId: message.scheduleId,
    header,
    body: settings.redaction.isBodyHidden ? redact(message.body) : message.body,
    nextDeliveryTime,
    ...viewSettings(settings),
    maxRetries: settings.maxRetries,
    method: settings.method,
    timeout: settings.timeoutMs,
    error: answer?.error,
    responseStatus: answer?.status,
    responseHeaders: answer && spellHeaders(answer.headers),
    responseBody: answer?.body,
  };
}

export function viewQueue(queue: Queue, lag: number) {
  const { name, parallelism, isPaused, createdAt, updatedAt } = queue;
  return { name, parallelism, paused: isPaused, lag, createdAt, updatedAt };
}

export function viewUrlGroup({ name, endpoints, createdAt, updatedAt }: UrlGroup) {
  return { name, endpoints, createdAt, updatedAt };
}

function viewContent(settings: PublishSettings, body: string) {
  const { isBodyHidden, hiddenHeaders } = settings.redaction;
  const header = Object.fromEntries(
    Object.entries(settings.headers).map(([name, value]) => {
      const isHidden = hiddenHeaders === 'all' || hiddenHeaders.includes(name.toLowerCase());
      return [name, [isHidden ? redact(value) : value]];
    }),
  );
  const { text, base64 } = isBodyHidden ? { text: redact(body) } : splitBody(body);
  return { method: settings.method, header, body: text, bodyBase64: base64 };
}

function viewSettings({ callback, failureCallback, flowControl, labels, retryDelay }: PublishSettings) {
  return {
    callback: callback?.url,
    failureCallback: failureCallback?.url,
    retryDelayExpression: retryDelay,
    flowControlKey: flowControl?.key,
    parallelism: flowControl?.parallelism,
    rate: flowControl?.rate,
    period: flowControl?.rate === undefined ? undefined : flowControl.periodMs / 1000,
    label: labels[0],
    labels: labels.length > 0 ? labels : undefined,
  };
}

/** Bodies are shown as text, or as base64 when they are none. */
function splitBody(body: string): { text?: string; base64?: string } {
  const bytes = Buffer.from(body, 'base64');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? { text } : { base64: body };
}

function redact(value: string): string {
  return `REDACTED:${createHash('sha256').update(value).digest('hex')}`;
}
