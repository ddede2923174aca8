import { Client } from '@upstash/qstash';
import type { FlowControl } from './job.ts';

/** One message for the job endpoint. */
export type JobMessage = {
  /** The job's name: QStash's label, by which its console and API find messages. */
  name: string;
  body: string;
  deduplicationId: string;
  retries: number;
  retryDelay?: string;
  flowControl?: FlowControl;
  delaySeconds?: number;
};

/** A message that QStash has given up. */
export type GivenUp = { dlqId: string; messageId: string; body: string; status: number; attempts: number };

export type Flow = { waiting: number; underway: number; isPaused: boolean };

/** QStash as this project uses it. It is far away (about 200 ms): never before the answer. Every method throws when it does not answer. */
export type JobQueue = {
  publish(messages: JobMessage[]): Promise<void>;
  /** At most 100 given-up messages of this deployment. */
  listGivenUp(): Promise<GivenUp[]>;
  forgetGivenUp(dlqIds: string[]): Promise<void>;
  /** How many messages wait and are under way by a flow-control key; undefined for one it has never seen. */
  readFlow(key: string): Promise<Flow | undefined>;
};

/** Where QStash delivers jobs, below PUBLIC_URL. */
export const JOB_PATH = '/v1/jobs';

/** A delivery that has not been answered by then (seconds) counts as failed: slices end after 8. */
const DELIVERY_TIMEOUT_SECONDS = 60;

export function createQueue(
  env: { QSTASH_URL: string; QSTASH_TOKEN: string; PUBLIC_URL: string },
  fetchQueue: typeof fetch,
): JobQueue {
  const client = new QueueClient(env.QSTASH_URL, env.QSTASH_TOKEN, fetchQueue);
  const url = `${env.PUBLIC_URL}${JOB_PATH}`;
  return {
    async publish(messages) {
      if (messages.length === 0) return;
      await client.batch(
        messages.map(({ name, delaySeconds, ...message }) => ({
          url,
          ...message,
          headers: { 'content-type': 'application/json' },
          label: name,
          timeout: DELIVERY_TIMEOUT_SECONDS,
          ...(delaySeconds !== undefined && { delay: delaySeconds }),
        })),
      );
    },
    async listGivenUp() {
      const { messages } = await client.dlq.listMessages({ count: 100, filter: { url } });
      return messages.map((message) => ({
        dlqId: message.dlqId,
        messageId: message.messageId,
        body: message.body ?? decodeBase64(message.bodyBase64),
        status: message.responseStatus ?? 0,
        attempts: (message.maxRetries ?? 0) + 1,
      }));
    },
    async readFlow(key) {
      try {
        const flow = await client.flowControl.get(key);
        return {
          waiting: flow.waitListSize,
          underway: flow.parallelismCount,
          isPaused: flow.isPaused,
        };
      } catch (error) {
        if (error instanceof QueueRefused && error.status === 404) return undefined;
        throw error;
      }
    },
    async forgetGivenUp(dlqIds) {
      if (dlqIds.length > 0) await client.dlq.delete({ dlqIds });
    },
  };
}

/** The official client speaks through this requester so that its calls are bounded and never retried behind our back. */
class QueueClient extends Client {
  constructor(baseUrl: string, token: string, fetchQueue: typeof fetch) {
    super({ baseUrl, token, retry: false, enableTelemetry: false, devMode: false });
    this.http.request = async <T>({
      path,
      method = 'GET',
      headers,
      query,
      body,
      parseResponseAsJson,
    }: Parameters<typeof this.http.request>[0]) => {
      const url = new URL([baseUrl.replace(/\/$/, ''), ...path].join('/'));
      for (const [name, value] of Object.entries(query ?? {})) {
        for (const one of [value ?? []].flat()) url.searchParams.append(name, String(one));
      }
      const sent = new Headers(headers as HeadersInit);
      sent.set('authorization', `Bearer ${token}`);
      const response = await fetchQueue(url.href, {
        method,
        headers: sent,
        ...(body != null && { body: body as BodyInit }),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new QueueRefused(response.status);
      }
      return (parseResponseAsJson === false ? undefined : await response.json()) as T & { error?: string };
    };
  }
}

/** QStash answered, and not with a 2xx. */
export class QueueRefused extends Error {
  override name = 'QueueRefused';
  readonly status: number;

  constructor(status: number) {
    super(`QStash answered ${status}`);
    this.status = status;
  }
}

function decodeBase64(text: string | undefined): string {
  if (text === undefined) return '';
  return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
