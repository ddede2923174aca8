import type { Ctx } from '../../../platform/context.ts';
import { followRedirects } from '../../../platform/web-reading.ts';
import { SourceError } from '../source.ts';
import { checkRedirect } from './redirects.ts';

/** What one turn at a host may take, and has taken. */
export type Turn = {
  deadline: AbortSignal;
  /** Sent so far, redirects included. */
  requests: number;
};

const MAX_REDIRECTS = 3;

/**
 * Sends a GET and follows its redirects on the same host, at most three; `checkHop` throws where one must not lead.
 * Nothing of ours but `headers` goes out. Throws {@link SourceError}.
 */
export async function askHost(
  ctx: Ctx,
  turn: Turn,
  start: URL,
  headers: Record<string, string>,
  checkHop: (url: URL) => void,
): Promise<{ url: URL; response: Response }> {
  const { outbound, config } = ctx.deps;
  const fetchWeb = outbound.fetchAs('web', READ_TIMEOUT_MS);
  const seen = new Set([start.href]);
  try {
    const answered = await followRedirects(
      start,
      MAX_REDIRECTS,
      (url) => {
        turn.requests += 1;
        return fetchWeb(sentAddress(url, config.crawl.standInUrl), {
          redirect: 'manual',
          signal: turn.deadline,
          headers: { 'accept-language': 'ko', ...headers, 'user-agent': userAgent(ctx) },
        });
      },
      (location, from) => {
        const url = checkRedirect(location, from, seen);
        checkHop(url);
        return url;
      },
    );
    if (!answered) throw new SourceError('redirect_refused');
    return answered;
  } catch (error) {
    throw asSourceError(error, turn);
  }
}

/** For everything that happens in one turn: a job has 10 seconds (milliseconds). */
export const READ_TIMEOUT_MS = 8000;

/** Who we are and where to write to: the product token is what robots.txt files call us by. */
function userAgent({ deps: { config } }: Ctx): string {
  return `LoopUsBot/1.0 (+${config.publicUrl}/bot; mailto:${config.crawl.contact})`;
}

/** The local edition imitates every host at one place; what is guarded and followed are the real addresses. */
function sentAddress(url: URL, standInUrl: string | undefined): string {
  if (standInUrl === undefined) return url.href;
  return `${standInUrl.replace(/\/$/, '')}/${url.host}${url.pathname}${url.search}`;
}

/** What fetching has thrown, as an outcome. */
export function asSourceError(error: unknown, { deadline }: Turn): SourceError {
  if (error instanceof SourceError) return error;
  return new SourceError(deadline.aborted ? 'timeout' : 'unreachable', { cause: error });
}
