/** Takes messages in: resolves the destination, applies deduplication, creates what must exist. */
import { createHash, randomBytes } from 'node:crypto';
import { ApiError } from './api-error.ts';
import { adoptSettings, createFlowControl } from './flow-control.ts';
import { checkUrl, parsePublishHeaders } from './publish-headers.ts';
import type { State } from './state.ts';
import type { Endpoint, Message, MessageOrigin, PublishSettings } from './types.ts';

export type Submission = {
  /** A URL, or the name of a URL group. */
  destination: string;
  /** Publish headers, lower case. */
  headers: Record<string, string>;
  /** Base64. */
  body: string;
  callerIp: string;
  origin?: MessageOrigin;
};

export type PublishResponse = { messageId: string; deduplicated?: true; url?: string };

/** A submission that was found valid. */
export type Prepared = Submission & { settings: PublishSettings; endpoints: Endpoint[]; isGroup: boolean };

const DEDUPLICATION_MS = 600_000;
const NAME = /^[\w.-]+$/;

/** Checks everything and changes nothing. Throws `ApiError` 400 or 404. */
export function prepareSubmission(state: State, submission: Submission): Prepared {
  const { destination, headers, origin } = submission;
  if (origin?.queueName !== undefined) checkName(origin.queueName, 'queue name');
  const settings = parsePublishHeaders(headers);
  return { ...submission, settings, ...resolveDestination(state, destination) };
}

/** Letters, digits, `-`, `_` and `.`: names of queues, URL groups and schedules. Throws `ApiError` 400. */
export function checkName(name: string, what: string): void {
  if (!NAME.test(name)) throw new ApiError(400, `invalid ${what} "${name}"`);
}

/** Creates the messages, one an endpoint; `added` are those that were not duplicates. */
export function acceptSubmission(
  state: State,
  prepared: Prepared,
  now: number,
): { response: PublishResponse | PublishResponse[]; added: Message[] } {
  const added: Message[] = [];
  const responses = prepared.endpoints.map((endpoint): PublishResponse => {
    const url = prepared.isGroup ? { url: endpoint.url } : {};
    const messageId = `msg_${randomBytes(18).toString('base64url')}`;
    const holder = claimDeduplication(state, prepared, endpoint, messageId, now);
    if (holder !== undefined) return { messageId: holder, deduplicated: true, ...url };
    added.push(createMessage(state, prepared, endpoint, messageId, now));
    return { messageId, ...url };
  });
  const [single] = responses;
  return { response: prepared.isGroup || !single ? responses : single, added };
}

function resolveDestination(state: State, destination: string): { endpoints: Endpoint[]; isGroup: boolean } {
  if (/^https?:/i.test(destination)) {
    const url = destination.replace(/#.*$/s, '');
    checkUrl(url, 'destination');
    return { endpoints: [{ url }], isGroup: false };
  }
  if (destination.includes(':') || destination.includes('/')) checkUrl(destination, 'destination');
  const group = state.urlGroups.get(destination);
  if (!group) throw new ApiError(404, `URL group "${destination}" not found`);
  return { endpoints: group.endpoints, isGroup: true };
}

/** The id of the message this one repeats, or `undefined` after claiming the key for ten minutes. */
function claimDeduplication(
  { deduplication }: State,
  prepared: Prepared,
  endpoint: Endpoint,
  messageId: string,
  now: number,
): string | undefined {
  for (const [key, { until }] of deduplication) {
    if (until > now) break;
    deduplication.delete(key);
  }
  const key = deduplicationKey(prepared, endpoint);
  if (key === undefined) return undefined;
  const holder = deduplication.get(key);
  if (holder) return holder.messageId;
  deduplication.set(key, { messageId, until: now + DEDUPLICATION_MS });
  return undefined;
}

function deduplicationKey(
  { settings, destination, body, isGroup }: Prepared,
  endpoint: Endpoint,
): string | undefined {
  const suffix = isGroup ? ` ${endpoint.url}` : '';
  if (settings.deduplicationId) return `id ${settings.deduplicationId}${suffix}`;
  if (!settings.isContentDeduplicated) return undefined;
  const content = JSON.stringify([destination, body, Object.entries(settings.headers).toSorted()]);
  return `content ${createHash('sha256').update(content).digest('hex')}${suffix}`;
}

function createMessage(
  state: State,
  { settings, headers, body, callerIp, origin, destination, isGroup }: Prepared,
  endpoint: Endpoint,
  messageId: string,
  now: number,
): Message {
  state.lastSequence += 1;
  const message: Message = {
    ...origin,
    ...(isGroup && { topicName: destination }),
    ...(endpoint.name && { endpointName: endpoint.name }),
    messageId,
    sequence: state.lastSequence,
    url: endpoint.url,
    settings,
    publishHeaders: headers,
    body,
    createdAt: now,
    dueAt: Math.max(now, settings.notBefore ?? now + settings.delayMs),
    retried: 0,
    hasStarted: false,
    isCancelRequested: false,
    callerIp,
  };
  state.messages.set(messageId, message);
  if (origin?.queueName) createQueue(state, origin.queueName, now);
  if (settings.flowControl) {
    const { key } = settings.flowControl;
    const control = state.flowControls.get(key) ?? createFlowControl(key, now);
    adoptSettings(control, settings.flowControl);
    state.flowControls.set(key, control);
  }
  return message;
}

function createQueue({ queues }: State, name: string, now: number): void {
  if (!queues.has(name))
    queues.set(name, { name, parallelism: 1, isPaused: false, createdAt: now, updatedAt: now });
}
