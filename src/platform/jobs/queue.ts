import { Client } from '@upstash/qstash';

/** One message for the job endpoint. */
export type JobMessage = {
  body: string;
  deduplicationId: string;
  retries: number;
  retryDelay?: string;
  flowControl?: { key: string; rate?: number; period?: `${number}s`; parallelism?: number };
  /** Seconds. */
  delay?: number;
};

/** Publishes messages to QStash. It is far away (about 200 ms): never before the answer. */
export type JobQueue = { publish(messages: JobMessage[]): Promise<void> };

/** Where QStash delivers jobs, below PUBLIC_URL. */
export const JOB_PATH = '/v1/jobs';

export function createQueue(
  env: { QSTASH_URL: string; QSTASH_TOKEN: string; PUBLIC_URL: string },
  _fetchQueue: typeof fetch,
): JobQueue {
  const client = new Client({
    baseUrl: env.QSTASH_URL,
    token: env.QSTASH_TOKEN,
    retry: false,
    enableTelemetry: false,
  });
  const url = `${env.PUBLIC_URL}${JOB_PATH}`;
  return {
    async publish(messages) {
      await client.batchJSON(messages.map((message) => ({ url, ...message })) as never);
    },
  };
}
