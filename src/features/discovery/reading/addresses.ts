import { parseOpenUrl } from '../../../platform/open-host-fetch.ts';

/** Parameters that tell where a reader came from and not what is read. */
const TRACKING =
  /^(?:(?:utm|mtm|pk|hsa)_.+|_hsenc|_hsmi|mc_[ce]id|(?:fb|g|dg?|ms|tw|y)clid|[gw]braid|srsltid|mkt_tok|_openstat|igsh(?:id)?|spm)$/i;
const AMP_PARAMETERS = new Set(['amp', 'outputtype']);
/** Hosts of the same site for phones and for accelerated pages. */
const VARIANT_HOST = /^(?:www|m|mobile|amp)\.(?=[^.]+\.)/;
/** Addresses that only carry another one. */
const WRAPPERS: { host: RegExp; path: RegExp; parameters: string[] }[] = [
  { host: /^(?:www\.)?bing\.com$/, path: /^\/news\/apiclick\.aspx$/i, parameters: ['url'] },
  { host: /^(?:www|news)\.google\.(?:com|co\.kr)$/, path: /^\/(?:news\/)?url$/, parameters: ['url', 'q'] },
];

/**
 * The address of a page that a reader may be sent to: http or https on the usual port, a public name rather than a
 * number, without credentials. `no_address` when there is none, `refused_address` when it is none of that kind.
 */
export function readAddress(text: string, base: string): URL | 'no_address' | 'refused_address' {
  if (text.trim() === '') return 'no_address';
  const url = URL.parse(text, base);
  if (!url || url.port !== '') return 'refused_address';
  const guarded = new URL(url);
  // A page on http is fine to be shown: we do not read it. Whether it is public is asked as of any other.
  if (guarded.protocol === 'http:') guarded.protocol = 'https:';
  try {
    parseOpenUrl(guarded.href, []);
    return url;
  } catch {
    return 'refused_address';
  }
}

/** The address of a picture, on https whatever is written; null when there is none that may be shown. */
export function readPictureAddress(text: string | null | undefined, base: string): string | null {
  const url = readAddress(text ?? '', base);
  if (typeof url === 'string') return null;
  url.protocol = 'https:';
  url.hash = '';
  return url.href;
}

/** What a redirecting address of a search engine leads to; other addresses as they are. */
export function unwrapAddress(url: URL): URL {
  const wrapper = WRAPPERS.find(({ host, path }) => host.test(url.hostname) && path.test(url.pathname));
  const inner = wrapper?.parameters.map((name) => url.searchParams.get(name)).find((text) => text !== null);
  const target = inner === undefined || inner === null ? undefined : readAddress(inner, url.href);
  return target instanceof URL ? target : url;
}

/**
 * One form for all addresses of a page, to compare and not to visit: without scheme, `www.` and `m.`, fragment, trailing
 * slash, AMP's variants and tracking parameters, the others in order.
 */
export function normalizeAddress(url: URL): string {
  const path = url.pathname
    .replace(/\/+/g, '/')
    .replace(/\/amp\/?$/i, '')
    .replace(/\/$/, '');
  const parameters = [...url.searchParams]
    .filter(([name]) => !TRACKING.test(name) && !AMP_PARAMETERS.has(name.toLowerCase()))
    .map((parameter) => parameter.map(encodeURIComponent).join('='))
    .toSorted();
  return [foldHost(url.hostname) + path, ...parameters].join('&');
}

/** The name of a site: without a trailing dot, `www.`, `m.` and the like. */
export function foldHost(host: string): string {
  return host.replace(/\.$/, '').replace(VARIANT_HOST, '');
}
