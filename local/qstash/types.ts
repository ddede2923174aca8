/** What the stand-in keeps. Times are milliseconds since 1970, bodies base64, header names in their usual spelling. */

export type FlowControlSettings = { key: string; parallelism?: number; rate?: number; periodMs: number };

/** Where a callback goes, with the publish headers it is sent with. */
export type CallbackSettings = { url: string; headers: Record<string, string> };

export type Redaction = { isBodyHidden: boolean; hiddenHeaders: 'all' | string[] };

/** What the headers of a publish ask for. */
export type PublishSettings = {
  method: string;
  /** Sent to the destination as they are. */
  headers: Record<string, string>;
  delayMs: number;
  notBefore?: number;
  maxRetries: number;
  retryDelay?: string;
  timeoutMs: number;
  callback?: CallbackSettings;
  failureCallback?: CallbackSettings;
  deduplicationId?: string;
  isContentDeduplicated: boolean;
  flowControl?: FlowControlSettings;
  labels: string[];
  redaction: Redaction;
};

/** Where a message came from and by which way it goes. */
export type MessageOrigin = {
  queueName?: string;
  scheduleId?: string;
  topicName?: string;
  endpointName?: string;
  /** A queue whose next message waits until this one, a callback, is through. */
  blockedQueue?: string;
};

export type Message = MessageOrigin & {
  messageId: string;
  /** Order of acceptance. */
  sequence: number;
  url: string;
  settings: PublishSettings;
  /** The publish headers as they came (lower case), for a retry out of the dead letters. */
  publishHeaders: Record<string, string>;
  body: string;
  createdAt: number;
  dueAt: number;
  /** How many times it was sent again. */
  retried: number;
  hasStarted: boolean;
  isCancelRequested: boolean;
  callerIp: string;
};

/** What came back from a destination. Status 0 with an `error` when nothing did. */
export type Answer = { status: number; headers: Record<string, string[]>; body: string; error?: string };

export type DeadLetter = {
  dlqId: string;
  message: Message;
  failedAt: number;
  responseStatus: number;
  responseHeader: Record<string, string[]>;
  responseBody: string;
};

export type Schedule = {
  scheduleId: string;
  cron: string;
  destination: string;
  publishHeaders: Record<string, string>;
  body: string;
  queueName?: string;
  createdAt: number;
  isPaused: boolean;
  lastScheduleTime?: number;
  nextScheduleTime: number;
  lastScheduleStates: Record<string, 'IN_PROGRESS' | 'SUCCESS' | 'FAIL'>;
  callerIp: string;
};

export type Queue = {
  name: string;
  parallelism: number;
  isPaused: boolean;
  createdAt: number;
  updatedAt: number;
};

export type Endpoint = { url: string; name?: string };

export type UrlGroup = { name: string; endpoints: Endpoint[]; createdAt: number; updatedAt: number };

export type LogState =
  | 'CREATED'
  | 'ACTIVE'
  | 'RETRY'
  | 'ERROR'
  | 'DELIVERED'
  | 'FAILED'
  | 'CANCEL_REQUESTED'
  | 'CANCELLED';

export type LogEntry = {
  time: number;
  state: LogState;
  message: Message;
  nextDeliveryTime?: number;
  answer?: Answer;
};
