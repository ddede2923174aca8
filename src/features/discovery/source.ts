import type { Config } from '../../platform/context.ts';
import type { DiscoveryKind } from '../../schema/discovery.ts';

/** What a source is asked with: a tag, cleaned so that it is one plain phrase and no operator of a search language. */
export type Query = {
  /** NFC, no `#`, quotes, operators or control characters; at most 60 characters. */
  phrase: string;
  now: Date;
};

/** One GET to a source. */
export type SourceRequest = {
  /** What it reads, e.g. `search`, `videos`, `article`: tells `parse` how. */
  step: string;
  /** https, on one of the source's hosts. */
  url: string;
  accept: 'application/rss+xml' | 'application/json' | 'text/html';
  /** Keys: never part of an address, for those land in logs. */
  headers?: Record<string, string>;
  /** The body is read up to here (bytes after decompression); a longer one is `too_large`. */
  maxBytes: number;
  /** What it costs of the source's daily allowance, if that is counted. */
  quota?: { name: string; cost: number };
  /** Sent with the validators of the last complete answer, so that an unchanged page is not sent again. */
  isConditional?: boolean;
};

/** An answer with a 2xx. */
export type SourcePage = {
  step: string;
  /** Where it came from, redirects followed. */
  url: string;
  /** `Content-Type` as it came. */
  contentType: string;
  bytes: Uint8Array;
  /** The connection was cut before the end. */
  isCut: boolean;
};

/** A thing that a source has given, clean: text without markup, control or direction characters, addresses checked. */
export type FoundItem = {
  /** By what it is known again, the strongest first; see `discovery_identities`. */
  identities: string[];
  title: string;
  author: string | null;
  url: string;
  pictureUrl: string | null;
  publishedAt: Date | null;
  language: string | null;
  channelId?: string | null;
  channelPictureUrl?: string | null;
  durationSeconds?: number | null;
};

/** Why an item was left out. */
export const dropReasons = [
  'no_title',
  'no_address',
  'refused_address',
  'no_id',
  'wrong_kind',
  'gone',
  'too_old',
  'repeated',
  'malformed',
  'over_limit',
] as const;

export type DropReason = (typeof dropReasons)[number];

export type Dropped = Partial<Record<DropReason, number>>;

export type Parsed = {
  /** All items of the visit so far: those before, as this page completes them, and its new ones. */
  items: FoundItem[];
  dropped: Dropped;
  /** Read in the same visit, one after the other: few and cheap. */
  next: SourceRequest[];
  /** Each is read by a message of its own at the host's pace, and completes a thing already stored. */
  later: SourceRequest[];
};

/** How a visit ends: a closed set. Only `ok`, `empty` and `not_modified` mean that the source was read. */
export const outcomes = [
  'ok',
  /** Well read, and there is nothing. */
  'empty',
  'not_modified',
  /** 429, 503, or a CAPTCHA; or we rest because of an earlier one. */
  'throttled',
  'blocked_consent',
  'blocked_login',
  'robots_disallowed',
  /** A page whose parts are no longer where they were. */
  'layout_changed',
  /** Data whose shape is no longer the one we know. */
  'schema_changed',
  /** Another format than asked for, e.g. Atom for RSS. */
  'unexpected_format',
  'quota_spent',
  'too_large',
  'timeout',
  'unreachable',
  /** 4xx and 5xx that mean nothing more exact. */
  'http_error',
  /** A redirect to another host, too many of them, or to http. */
  'redirect_refused',
  /** An address that is none of the source's, or none of the open web's. */
  'ssrf_blocked',
  /** The key is missing, wrong or not allowed: the operator has to act. */
  'config_error',
  /** The source finds our request wrong: a fault of ours. */
  'request_refused',
  /** Nothing is left of the tag that could be asked for. */
  'skipped',
] as const;

export type Outcome = (typeof outcomes)[number];

export function isOutcome(text: string | null): text is Outcome {
  return (outcomes as readonly (string | null)[]).includes(text);
}

/** A visit that ends without items. Thrown by `parse`, `judge` and whatever fetches. */
export class SourceError extends Error {
  override name = 'SourceError';
  readonly outcome: Outcome;
  /** Seconds until the source wants to be asked again, if it said so. */
  readonly retryAfter: number | undefined;

  constructor(outcome: Outcome, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(outcome, { cause: options.cause });
    this.outcome = outcome;
    this.retryAfter = options.retryAfter;
  }
}

/** An answer that is no 2xx, its body at most 64 KiB. */
export type SourceFailure = { status: number; url: string; headers: Headers; body: string };

/**
 * A site that is crawled, as data. A new one is a file in `sources/` and a line in `sources/index.ts`. `requests` and
 * `parse` are pure; the latter waits for nothing but hashes.
 */
export type Source = {
  /** Never used again for something else: at most 20 characters of a-z and `-`. */
  id: string;
  /** As it calls itself, in every language: shown beside what it gave. */
  name: string;
  kind: DiscoveryKind;
  /** Requests and redirects reach these hosts and no others. */
  hosts: readonly string[];
  budget: {
    /** Between two requests to a host (seconds); robots.txt may ask for more. */
    pauseSeconds: number;
    /** Tags a day. */
    visits: number;
    /** Daily allowances by name, counted over days that begin at midnight in `timeZone`. */
    quotas?: { name: string; limit: number; timeZone: string }[];
  };
  /** Whether robots.txt is asked: not for APIs whose terms permit the calls. */
  isRobotsAsked: boolean;
  /** The keys it needs are configured. */
  isConfigured(config: CrawlConfig): boolean;
  /** In order; the next is asked when robots.txt closes the one before. */
  requests(query: Query, config: CrawlConfig): SourceRequest[];
  /** Throws {@link SourceError}. `before`: what the earlier requests of this visit gave. */
  parse(page: SourcePage, before: FoundItem[], context: { now: Date; config: CrawlConfig }): Promise<Parsed>;
  /**
   * What an answer that is no 2xx means here; undefined: what it means anywhere (429 and 503 `throttled`, other
   * `http_error`). `isDaySpent`: the day's allowance is used up, whatever our own count says.
   */
  judge?(failure: SourceFailure): { outcome: Outcome; isDaySpent?: boolean } | undefined;
};

export type CrawlConfig = Config['crawl'];
