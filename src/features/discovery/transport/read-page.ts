import type { SystemCtx } from '../../../platform/context.ts';
import { sha256 } from '../../../platform/crypto.ts';
import { readBounded } from '../../../platform/web-reading.ts';
import { SourceError, type Source, type SourcePage, type SourceRequest } from '../source.ts';
import { asSourceError, askHost, READ_TIMEOUT_MS, type Turn } from './ask-host.ts';
import { fetchRobots, knownRobots, type Robots } from './fetch-robots.ts';
import {
  claimHost,
  findHost,
  isBusy,
  releaseHost,
  restHost,
  waitFor,
  type Claim,
  type HostAnswer,
} from './hosts.ts';
import { findQuota, markQuotaSpent, spendQuota } from './quotas.ts';
import { readRetryAfter } from './retry-after.ts';
import {
  conditionalHeaders,
  findValidators,
  keepValidators,
  touchValidators,
  type Validators,
} from './validators.ts';

export type PageResult =
  | {
      kind: 'page';
      page: SourcePage;
      /** Call it once the items are stored: the page is then asked for conditionally. Of a cut page nothing is kept. */
      remember(): Promise<void>;
      /** Call it when the page turns out to be a wall (consent, login, CAPTCHA): the host rests, an hour unless said. */
      rest(retryAfter?: number): Promise<void>;
    }
  | { kind: 'not_modified' }
  /**
   * Not now, but in so many seconds: another request to the host is under way or its pause is not over (`pace`), or it
   * wants to be left alone (`rest`). At most robots.txt was read, and no quota was spent.
   */
  | { kind: 'wait'; seconds: number; why: 'pace' | 'rest' };

const MAX_FAILURE_BYTES = 64 * 1024;
const NO_ROBOTS: Robots = { isOpen: () => true, crawlDelay: 0 };

/**
 * One guarded, polite request to a source, in at most 8 seconds: only to its hosts, only what robots.txt opens, one at a
 * time with the host's pause, within the day's allowance, and not at all while the host rests. Throws
 * {@link SourceError} with the outcome when there is no page.
 */
export async function readPage(ctx: SystemCtx, source: Source, request: SourceRequest): Promise<PageResult> {
  const { clock, config } = ctx.deps;
  const url = checkAddress(source, request.url);
  const isExcepted = config.crawl.robotsExceptions.includes(source.id);
  const urlHash = request.isConditional ? await sha256(url.href) : undefined;
  const [host, validators] = await Promise.all([
    findHost(ctx, url.hostname),
    urlHash === undefined ? undefined : findValidators(ctx, urlHash),
  ]);
  const known = source.isRobotsAsked ? knownRobots(host, isExcepted, clock.now()) : NO_ROBOTS;
  if (known) requireOpen(known, url, isExcepted);
  if (isBusy(host, clock.now())) return { kind: 'wait', ...waitFor(host, clock.now()) };
  const pauseSeconds = Math.max(source.budget.pauseSeconds, known?.crawlDelay ?? 0);
  const claim = await claimHost(ctx, host, pauseSeconds);
  if (!claim) return { kind: 'wait', ...waitFor(await findHost(ctx, url.hostname), clock.now()) };
  const turn: Turn = { deadline: AbortSignal.timeout(READ_TIMEOUT_MS), requests: 0 };
  const asked = { source, request, url, isExcepted, validators };
  return known
    ? readInTurn(ctx, asked, claim, turn, { robots: known, pauseSeconds })
    : readAfterRobots(ctx, asked, claim, turn);
}

type Asked = {
  source: Source;
  request: SourceRequest;
  url: URL;
  isExcepted: boolean;
  validators: Validators | undefined;
};

/**
 * The address must be written plainly: begun with `https://`, a host of the source and `/`, nothing in it can be read
 * as another host.
 */
function checkAddress(source: Source, address: string): URL {
  const host = source.hosts.find((one) => address.startsWith(`https://${one}/`));
  const url = URL.parse(address);
  if (!url || url.host !== host || url.protocol !== 'https:') throw new SourceError('ssrf_blocked');
  url.hash = '';
  return url;
}

function requireOpen(robots: Robots, url: URL, isExcepted: boolean): void {
  if (!isExcepted && !robots.isOpen(url)) throw new SourceError('robots_disallowed');
}

/** robots.txt takes the turn; where the host wants no pause, the page follows at once. */
async function readAfterRobots(ctx: SystemCtx, asked: Asked, claim: Claim, turn: Turn): Promise<PageResult> {
  const { source, url, isExcepted } = asked;
  const { robots, answer } = await fetchRobots(ctx, turn, url.hostname);
  const pauseSeconds = Math.max(source.budget.pauseSeconds, robots.crawlDelay);
  const isRefused = !isExcepted && !robots.isOpen(url);
  if (!isRefused && pauseSeconds === 0) {
    return readInTurn(ctx, asked, claim, turn, { robots, pauseSeconds });
  }
  const host = await releaseHost(ctx, claim, {
    requests: turn.requests,
    pauseSeconds,
    // Who is read in spite of robots.txt does not rest because of it.
    answer: isExcepted && answer !== 'fine' ? 'unknown' : answer,
  });
  if (isRefused) throw new SourceError('robots_disallowed');
  return { kind: 'wait', ...waitFor(host, ctx.deps.clock.now()) };
}

async function readInTurn(
  ctx: SystemCtx,
  asked: Asked,
  claim: Claim,
  turn: Turn,
  { robots, pauseSeconds }: { robots: Robots; pauseSeconds: number },
): Promise<PageResult> {
  const { source, request, url, isExcepted, validators } = asked;
  const quota = request.quota && findQuota(source, request.quota.name);
  if (quota && request.quota && !(await spendQuota(ctx, quota, request.quota.cost))) {
    await releaseHost(ctx, claim, { requests: turn.requests, pauseSeconds, answer: 'unknown' });
    throw new SourceError('quota_spent');
  }
  const answered = await fetchPage(ctx, asked, turn, (hop) => requireOpen(robots, hop, isExcepted));
  await Promise.all([
    releaseHost(ctx, claim, { requests: turn.requests, pauseSeconds, answer: answered.answer }),
    quota && answered.isDaySpent ? markQuotaSpent(ctx, quota) : undefined,
    answered.result === 'not_modified' ? touchValidators(ctx, url.href) : undefined,
  ]);
  const { result } = answered;
  if (result instanceof SourceError) throw result;
  if (result === 'not_modified') return { kind: 'not_modified' };
  const { page, headers } = result;
  return {
    kind: 'page',
    page,
    async remember() {
      if (request.isConditional && !page.isCut) await keepValidators(ctx, url.href, headers, validators);
    },
    rest: (retryAfter) => restHost(ctx, url.hostname, retryAfter),
  };
}

type Answered = {
  result: { page: SourcePage; headers: Headers } | 'not_modified' | SourceError;
  answer: HostAnswer;
  isDaySpent?: boolean;
};

async function fetchPage(
  ctx: SystemCtx,
  { source, request, url, validators }: Asked,
  turn: Turn,
  checkHop: (url: URL) => void,
): Promise<Answered> {
  const headers = { accept: request.accept, ...request.headers, ...conditionalHeaders(validators) };
  try {
    const answered = await askHost(ctx, turn, url, headers, checkHop);
    const { status } = answered.response;
    if (status === 304 && validators) return { result: 'not_modified', answer: 'fine' };
    return answered.response.ok
      ? await takePage(request, answered, turn)
      : await takeFailure(ctx, source, answered, turn);
  } catch (error) {
    const result = asSourceError(error, turn);
    return { result, answer: answerBehind(result) };
  }
}

async function takePage(
  { step, maxBytes }: SourceRequest,
  { url, response }: { url: URL; response: Response },
  { deadline }: Turn,
): Promise<Answered> {
  const { bytes, isLonger, isCut } = await readBounded(response, maxBytes, deadline);
  if (isLonger) return { result: new SourceError('too_large'), answer: 'fine' };
  if (isCut && bytes.length === 0) return { result: new SourceError('unreachable'), answer: 'failed' };
  const contentType = response.headers.get('content-type') ?? '';
  const page = { step, url: url.href, contentType, bytes, isCut };
  return { result: { page, headers: response.headers }, answer: 'fine' };
}

async function takeFailure(
  ctx: SystemCtx,
  source: Source,
  { url, response }: { url: URL; response: Response },
  { deadline }: Turn,
): Promise<Answered> {
  const { status, headers } = response;
  const { bytes } = await readBounded(response, MAX_FAILURE_BYTES, deadline);
  const body = new TextDecoder().decode(bytes);
  const isChallenge = headers.get('cf-mitigated') === 'challenge';
  const judged = isChallenge ? undefined : source.judge?.({ status, url: url.href, headers, body });
  const isThrottled = isChallenge || status === 429 || status === 503;
  const outcome = judged?.outcome ?? (isThrottled ? 'throttled' : 'http_error');
  const retryAfter = readRetryAfter(headers.get('retry-after'), ctx.deps.clock.now());
  const result = new SourceError(outcome, retryAfter === undefined ? {} : { retryAfter });
  const isFailing = outcome === 'http_error' && status >= 500;
  ctx.deps.log.info('a source refused', { source: source.id, host: url.hostname, status, outcome });
  return {
    result,
    answer: isFailing ? 'failed' : answerBehind(result),
    isDaySpent: judged?.isDaySpent === true,
  };
}

/** What an outcome says about the host: a wall is best left alone as well. */
function answerBehind({ outcome, retryAfter }: SourceError): HostAnswer {
  if (outcome === 'throttled' || outcome === 'blocked_login' || outcome === 'blocked_consent') {
    return { retryAfter };
  }
  return outcome === 'timeout' || outcome === 'unreachable' ? 'failed' : 'fine';
}
