import { eq } from 'drizzle-orm';
import type { Ctx } from '../../../platform/context.ts';
import { readBounded } from '../../../platform/web-reading.ts';
import { discoveryHosts, type RobotsState } from '../../../schema/discovery.ts';
import { SourceError } from '../source.ts';
import { asSourceError, askHost, type Turn } from './ask-host.ts';
import type { HostAnswer, HostRow } from './hosts.ts';
import { readRetryAfter } from './retry-after.ts';
import { isAllowedByRobots, parseRobots, writeRobots, type RobotsRules } from './robots.ts';

/** What a host's robots.txt means for us. */
export type Robots = { isOpen(url: URL): boolean; crawlDelay: number };

/** RFC 9309 §2.5 asks for this much at least, §2.4 for no more time than a day. */
const MAX_ROBOTS_BYTES = 500 * 1024;
const ROBOTS_LAST_MS = 24 * 3600_000;

/**
 * What is known of a host's robots.txt; undefined when it has to be read (again). That none could be had is known only
 * to who reads the host in spite of it: the next visit asks again.
 */
export function knownRobots(
  { robotsState, robotsText, robotsReadAt }: HostRow,
  isExcepted: boolean,
  now: Date,
): Robots | undefined {
  if (robotsState === null || robotsReadAt === null) return undefined;
  if (now.getTime() - robotsReadAt.getTime() >= ROBOTS_LAST_MS) return undefined;
  if (robotsState === 'unreachable' && !isExcepted) return undefined;
  return understandRobots(robotsState, robotsText);
}

function understandRobots(state: RobotsState, text: string | null): Robots {
  const rules = state === 'rules' && text !== null ? parseRobots(text) : undefined;
  if (rules) return { isOpen: (url) => isAllowedByRobots(rules, url), crawlDelay: rules.crawlDelay };
  return { isOpen: () => state === 'none', crawlDelay: 0 };
}

/** Reads a host's robots.txt, keeps what concerns us, and says how the host took it. */
export async function fetchRobots(
  ctx: Ctx,
  turn: Turn,
  host: string,
): Promise<{ robots: Robots; answer: HostAnswer }> {
  const { state, rules, answer } = await readRobots(ctx, turn, host);
  const text = rules ? writeRobots(rules) : null;
  await ctx.deps.db
    .update(discoveryHosts)
    .set({ robotsState: state, robotsText: text, robotsReadAt: ctx.deps.clock.now() })
    .where(eq(discoveryHosts.host, host));
  return { robots: understandRobots(state, text), answer };
}

type Reading = { state: RobotsState; rules?: RobotsRules; answer: HostAnswer };

async function readRobots(ctx: Ctx, turn: Turn, host: string): Promise<Reading> {
  try {
    const address = new URL(`https://${host}/robots.txt`);
    const { response } = await askHost(ctx, turn, address, { accept: 'text/plain' }, () => undefined);
    const { status, headers } = response;
    if (status === 429 || status >= 500) {
      await response.body?.cancel();
      const isBusy = status === 429 || status === 503;
      const retryAfter = readRetryAfter(headers.get('retry-after'), ctx.deps.clock.now());
      return { state: 'unreachable', answer: isBusy ? { retryAfter } : 'failed' };
    }
    if (!response.ok) {
      await response.body?.cancel();
      return { state: status >= 400 ? 'none' : 'unverified', answer: 'fine' };
    }
    return await readRules(response, turn);
  } catch (error) {
    const { outcome } = asSourceError(error, turn);
    const isSilent = outcome === 'timeout' || outcome === 'unreachable';
    if (isSilent) return { state: 'unreachable', answer: 'failed' };
    if (error instanceof SourceError && outcome === 'throttled') {
      return { state: 'unreachable', answer: { retryAfter: undefined } };
    }
    // A redirect to somewhere else: there is no robots.txt where it should be.
    return { state: 'unverified', answer: 'fine' };
  }
}

async function readRules(response: Response, { deadline }: Turn): Promise<Reading> {
  const { bytes, isLonger, isCut } = await readBounded(response, MAX_ROBOTS_BYTES, deadline);
  if (isCut) return { state: 'unreachable', answer: 'failed' };
  const text = new TextDecoder().decode(bytes);
  const isPage =
    /^text\/html\b/i.test(response.headers.get('content-type') ?? '') || text.trimStart().startsWith('<');
  // The line that the limit has cut could say the opposite of what was meant.
  const rules = isPage ? undefined : parseRobots(isLonger ? text.slice(0, text.lastIndexOf('\n') + 1) : text);
  return rules ? { state: 'rules', rules, answer: 'fine' } : { state: 'unverified', answer: 'fine' };
}
