import type { Deps } from './context.ts';
import { followRedirects, readBounded } from './web-reading.ts';

/** Why an address of the open web gave nothing: a closed set. */
export type OpenFetchOutcome =
  /** Not https, an address by number, credentials, an odd port, a name that is not public, or a host of our own. */
  | 'refused_host'
  | 'too_many_redirects'
  | 'timeout'
  | 'unreachable'
  | 'http_error'
  | 'wrong_type'
  | 'too_large';

export class OpenFetchError extends Error {
  override name = 'OpenFetchError';
  readonly outcome: OpenFetchOutcome;

  constructor(outcome: OpenFetchOutcome, cause?: unknown) {
    super(outcome, { cause });
    this.outcome = outcome;
  }
}

export type OpenFetchOptions = {
  accept: string;
  /** Whether a `Content-Type` (lower case, without parameters) is wanted. */
  isWanted(contentType: string): boolean;
  /** Bytes after decompression; of more, the beginning is taken or nothing. */
  maxBytes: number;
  whenLarger: 'cut' | 'refuse';
  /** For everything: redirects, waiting for a connection, the body (milliseconds). */
  timeoutMs: number;
};

export type OpenPage = {
  /** Where the redirects have led. */
  url: string;
  /** `Content-Type` as it came. */
  contentType: string;
  bytes: Uint8Array;
};

const MAX_REDIRECTS = 5;
const MAX_ADDRESS_LENGTH = 2000;

/** Names that are never on the open web (RFC 6761, 6762, 7686, 8375, 9476 and what private networks use). */
const CLOSED_ENDINGS = new Set(
  'alt arpa corp example home internal intranet invalid lan local localdomain localhost onion private test'.split(
    ' ',
  ),
);

/**
 * An address somebody else has named, when it is one of the open web: https on its own port, without credentials, a
 * public name rather than a number in whatever notation (the URL parser has normalised them), and none of our hosts.
 * Throws `refused_host`. What the name resolves to cannot be looked at in a Worker; its `fetch` reaches no private
 * network, so a name that points into one leads nowhere.
 */
export function parseOpenUrl(address: string, ownHosts: readonly string[], base?: string): URL {
  const url = URL.parse(address, base);
  if (!url || address.length > MAX_ADDRESS_LENGTH || !isOpen(url, ownHosts)) {
    throw new OpenFetchError('refused_host');
  }
  url.hash = '';
  return url;
}

function isOpen(url: URL, ownHosts: readonly string[]): boolean {
  if (url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '')
    return false;
  const host = url.hostname.replace(/\.$/, '');
  return isPublicName(host) && !ownHosts.some((own) => host === own || host.endsWith(`.${own}`));
}

/** Whether a host, as the URL parser has normalised it, is a name of the open web and no number. */
export function isPublicName(host: string): boolean {
  const ending = host.split('.').at(-1) ?? '';
  // A number ends in digits, an IPv6 address in a bracket.
  if (!host.includes('.') || !/^(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/.test(ending)) return false;
  return !CLOSED_ENDINGS.has(ending);
}

/**
 * Reads from an address somebody else has named. Redirects are followed by hand, at most five, each checked like the
 * first; size, time and type are bounded, and nothing of ours (cookies, credentials) goes out. Throws
 * {@link OpenFetchError}.
 */
export async function fetchOpen(deps: Deps, address: string, options: OpenFetchOptions): Promise<OpenPage> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  try {
    const { url, response } = await follow(deps, address, options, deadline);
    const contentType = response.headers.get('content-type') ?? '';
    const [type = ''] = contentType.toLowerCase().split(';');
    if (!response.ok || !options.isWanted(type.trim())) {
      await response.body?.cancel();
      throw new OpenFetchError(response.ok ? 'wrong_type' : 'http_error');
    }
    const { bytes, isLonger, isCut } = await readBounded(response, options.maxBytes, deadline);
    if (isCut) throw new OpenFetchError('unreachable');
    if (isLonger && options.whenLarger === 'refuse') throw new OpenFetchError('too_large');
    return { url: url.href, contentType, bytes };
  } catch (error) {
    if (error instanceof OpenFetchError) throw error;
    throw new OpenFetchError(deadline.aborted ? 'timeout' : 'unreachable', error);
  }
}

async function follow(
  { outbound, config }: Deps,
  address: string,
  { accept, timeoutMs }: OpenFetchOptions,
  deadline: AbortSignal,
): Promise<{ url: URL; response: Response }> {
  const fetchWeb = outbound.fetchAs('web', timeoutMs);
  const answered = await followRedirects(
    parseOpenUrl(address, config.ownHosts),
    MAX_REDIRECTS,
    (url) =>
      fetchWeb(url.href, {
        redirect: 'manual',
        signal: deadline,
        headers: {
          accept,
          'accept-language': 'ko,en;q=0.8',
          'user-agent': `Mozilla/5.0 (compatible; LoopUsBot/1.0; +${config.publicUrl}/bot)`,
        },
      }),
    (location, from) => parseOpenUrl(location, config.ownHosts, from.href),
  );
  if (!answered) throw new OpenFetchError('too_many_redirects');
  return answered;
}
