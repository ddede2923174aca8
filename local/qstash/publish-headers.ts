/** Reads the headers of a publish, enqueue, batch entry or schedule. What QStash refuses is refused with 400. */
import { ApiError } from './api-error.ts';
import { parseDuration } from './duration.ts';
import { compileRetryDelay } from './retry-delay.ts';
import type { CallbackSettings, FlowControlSettings, PublishSettings, Redaction } from './types.ts';

type Headers = Record<string, string>;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const DEFAULT_RETRIES = 3;
const DAY_MS = 86_400_000;
/** Limits of the pay-as-you-go plan. */
const MAX_DELAY_MS = 366 * DAY_MS;
const MAX_PERIOD_MS = 7 * DAY_MS;
const MAX_TIMEOUT_MS = 2 * 3_600_000;

/** Of all headers those that say something about the message, lower case. */
export function keepPublishHeaders(headers: Record<string, string | string[] | undefined>): Headers {
  const kept: Headers = {};
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (value === undefined || key.startsWith('upstash-telemetry-')) continue;
    if (key === 'content-type' || key.startsWith('upstash-')) kept[key] = String(value);
  }
  return kept;
}

/** Throws `ApiError` 400 that names the header at fault. */
export function parsePublishHeaders(headers: Headers): PublishSettings {
  const method = (headers['upstash-method'] ?? 'POST').toUpperCase();
  if (!METHODS.includes(method)) throw invalid('upstash-method', method);
  const maxRetries = parseCount(headers, 'upstash-retries') ?? DEFAULT_RETRIES;
  const notBefore = parseCount(headers, 'upstash-not-before');
  const delayMs = parseDurationHeader(headers, 'upstash-delay', MAX_DELAY_MS) ?? 0;
  const timeoutMs = parseDurationHeader(headers, 'upstash-timeout', MAX_TIMEOUT_MS) ?? MAX_TIMEOUT_MS;
  const retryDelay = headers['upstash-retry-delay'];
  if (retryDelay !== undefined) checkRetryDelay(retryDelay);
  const callback = parseCallback(headers, 'upstash-callback', maxRetries);
  const failureCallback = parseCallback(headers, 'upstash-failure-callback', maxRetries);
  const flowControl = parseFlowControl(headers);
  const deduplicationId = headers['upstash-deduplication-id'];
  return {
    method,
    headers: forwardHeaders(headers),
    delayMs,
    maxRetries,
    timeoutMs,
    isContentDeduplicated: headers['upstash-content-based-deduplication'] === 'true',
    labels: splitList(headers['upstash-label']),
    redaction: parseRedaction(headers['upstash-redact-fields']),
    ...(notBefore === undefined ? {} : { notBefore: notBefore * 1000 }),
    ...(retryDelay === undefined ? {} : { retryDelay }),
    ...(callback && { callback }),
    ...(failureCallback && { failureCallback }),
    ...(flowControl && { flowControl }),
    ...(deduplicationId && { deduplicationId }),
  };
}

/** `content-type` to `Content-Type`: names as they are usually written. */
export function spellHeader(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

export function spellHeaders(headers: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [spellHeader(name), values]));
}

/**
 * The address of a destination or callback. Production refuses this machine's own addresses; the local edition
 * refuses all others, so that no test and no demo ever calls out.
 */
export function checkUrl(text: string, what: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ApiError(400, `${what} "${text}" is not an http or https URL`);
  }
  if (!/^(127(\.\d+){3}|\[::1\]|([^.]+\.)*localhost)$/.test(url.hostname)) {
    throw new ApiError(400, `${what} "${text}": only loopback addresses are allowed in the local edition`);
  }
}

function forwardHeaders(headers: Headers): Headers {
  const forwarded: Headers = {};
  const contentType = headers['content-type'];
  if (contentType) forwarded['Content-Type'] = contentType;
  for (const [name, value] of Object.entries(headers)) {
    const forward = /^upstash-forward-(.+)$/.exec(name)?.[1];
    if (forward) forwarded[spellHeader(forward)] = value;
  }
  return forwarded;
}

/** `Upstash-Callback-Retries` is to the callback what `Upstash-Retries` is to the message. */
function parseCallback(headers: Headers, name: string, maxRetries: number): CallbackSettings | undefined {
  const url = headers[name];
  if (!url) return undefined;
  checkUrl(url, spellHeader(name));
  const own: Headers = { 'upstash-retries': String(maxRetries), 'content-type': 'application/json' };
  for (const [header, value] of Object.entries(headers)) {
    if (header.startsWith(`${name}-`)) own[`upstash-${header.slice(name.length + 1)}`] = value;
  }
  parsePublishHeaders(own);
  return { url, headers: own };
}

function parseFlowControl(headers: Headers): FlowControlSettings | undefined {
  const key = headers['upstash-flow-control-key'];
  const value = headers['upstash-flow-control-value'];
  if (!key && !value) return undefined;
  if (!key) throw new ApiError(400, 'Upstash-Flow-Control-Key is missing');
  if (!value) throw new ApiError(400, 'Upstash-Flow-Control-Value is missing');
  const settings: FlowControlSettings = { key, periodMs: 1000 };
  for (const part of splitList(value)) {
    const [name, text = ''] = part.split('=').map((side) => side.trim());
    const amount = /^\d+$/.test(text) ? Number(text) : 0;
    if (name === 'period')
      settings.periodMs = (/^\d+$/.test(text) ? amount * 1000 : parseDuration(text)) ?? 0;
    else if ((name === 'rate' || name === 'parallelism') && amount > 0) settings[name] = amount;
    else throw invalid('upstash-flow-control-value', value);
  }
  const isLimited = settings.rate !== undefined || settings.parallelism !== undefined;
  const isPeriod = settings.periodMs > 0 && settings.periodMs <= MAX_PERIOD_MS;
  if (!isLimited || !isPeriod) throw invalid('upstash-flow-control-value', value);
  return settings;
}

function parseRedaction(value: string | undefined): Redaction {
  const fields = splitList(value);
  const named = fields.flatMap((field) => /^header\[(.+)\]$/i.exec(field)?.[1]?.toLowerCase() ?? []);
  const isAll = fields.includes('header') || fields.includes('headers');
  return { isBodyHidden: fields.includes('body'), hiddenHeaders: isAll ? 'all' : named };
}

function checkRetryDelay(expression: string): void {
  try {
    compileRetryDelay(expression)(0);
  } catch (error) {
    throw new ApiError(400, `invalid Upstash-Retry-Delay "${expression}": ${(error as Error).message}`);
  }
}

function parseDurationHeader(headers: Headers, name: string, max: number): number | undefined {
  const text = headers[name];
  if (text === undefined) return undefined;
  const value = parseDuration(text);
  if (value === undefined || value > max) throw invalid(name, text);
  return value;
}

function parseCount(headers: Headers, name: string): number | undefined {
  const text = headers[name];
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw invalid(name, text);
  return Number(text);
}

function splitList(value: string | undefined): string[] {
  return (value ?? '').split(',').flatMap((part) => part.trim() || []);
}

function invalid(name: string, value: string): ApiError {
  return new ApiError(400, `invalid ${spellHeader(name)} "${value}"`);
}
