/** What tests look at: every message with each attempt made to deliver it. Kept in memory only. */
import { ApiError } from './api-error.ts';
import type { Answer, Message } from './types.ts';

export type Attempt = {
  /** As `Upstash-Retried`: 0 is the first. */
  retried: number;
  startedAt: number;
  finishedAt?: number;
  /** 0 when nothing came back; absent while it is under way. */
  status?: number;
  error?: string;
  responseBody?: string;
  /** One of the extra copies the `duplicate` switch makes. */
  isDuplicate: boolean;
  headers: Record<string, string>;
};

export type DeliveryState = 'waiting' | 'delivered' | 'failed' | 'cancelled';

export type Delivery = {
  messageId: string;
  destination: string;
  method: string;
  headers: Record<string, string>;
  body: string;
  createdAt: number;
  scheduleId?: string;
  state: DeliveryState;
  attempts: Attempt[];
};

export type DeliveryLog = ReturnType<typeof createDeliveryLog>;

/** Oldest messages are let go beyond this many. */
const CAPACITY = 20_000;

export function createDeliveryLog() {
  const deliveries = new Map<string, Delivery>();

  function open(message: Message): Delivery {
    const known = deliveries.get(message.messageId);
    if (known) return known;
    const delivery: Delivery = {
      messageId: message.messageId,
      destination: message.url,
      method: message.settings.method,
      headers: message.settings.headers,
      body: Buffer.from(message.body, 'base64').toString('utf8'),
      createdAt: message.createdAt,
      ...(message.scheduleId && { scheduleId: message.scheduleId }),
      state: 'waiting',
      attempts: [],
    };
    deliveries.set(message.messageId, delivery);
    if (deliveries.size > CAPACITY) deliveries.delete([...deliveries.keys()][0] ?? '');
    return delivery;
  }

  return {
    open,
    close(message: Message, state: DeliveryState): void {
      open(message).state = state;
    },
    start(
      message: Message,
      attempt: { startedAt: number; isDuplicate: boolean; headers: Record<string, string> },
    ) {
      const started: Attempt = { retried: message.retried, ...attempt };
      open(message).attempts.push(started);
      return function finish(answer: Answer, finishedAt: number): void {
        started.finishedAt = finishedAt;
        started.status = answer.status;
        if (answer.error) started.error = answer.error;
        started.responseBody = Buffer.from(answer.body, 'base64').toString('utf8');
      };
    },
    /** Oldest first; `destination` selects those whose URL contains it. */
    list(query: { destination?: string | undefined; state?: string | undefined }): Delivery[] {
      if (query.state && !['waiting', 'delivered', 'failed', 'cancelled'].includes(query.state)) {
        throw new ApiError(400, `no state named ${query.state}`);
      }
      return [...deliveries.values()].filter(
        (delivery) =>
          (!query.destination || delivery.destination.includes(query.destination)) &&
          (!query.state || delivery.state === query.state),
      );
    },
    clear(): void {
      deliveries.clear();
    },
  };
}
