/** What the imitated sites were asked, so that pace and manners can be looked at. Keys are not written down. */
import type { SiteRequest } from './site.ts';

export type LoggedRequest = {
  number: number;
  at: string;
  /** Null: a host that nobody imitates, and that nobody should ask. */
  source: string | null;
  host: string;
  /** With its query, without a key. */
  path: string;
  userAgent: string | null;
  accept: string | null;
  acceptLanguage: string | null;
  referer: string | null;
  ifNoneMatch: string | null;
  ifModifiedSince: string | null;
  /** Names of headers that carry keys. */
  keys: string[];
  /** Null while it is not answered. */
  status: number | null;
};

const KEY_HEADERS = ['authorization', 'x-goog-api-key', 'x-naver-client-id', 'x-naver-client-secret'];
const MOST = 20_000;

export type RequestLog = {
  add(request: SiteRequest, source: string | null): LoggedRequest;
  list(filter: URLSearchParams): LoggedRequest[];
  clear(): void;
};

export function createRequestLog(): RequestLog {
  const entries: LoggedRequest[] = [];
  let last = 0;
  return {
    add({ url, headers }, source) {
      const path = new URL(url);
      path.searchParams.delete('key');
      last += 1;
      const entry: LoggedRequest = {
        number: last,
        at: new Date().toISOString(),
        source,
        host: url.host,
        path: path.pathname + path.search,
        userAgent: headers['user-agent'] ?? null,
        accept: headers.accept ?? null,
        acceptLanguage: headers['accept-language'] ?? null,
        referer: headers.referer ?? null,
        ifNoneMatch: headers['if-none-match'] ?? null,
        ifModifiedSince: headers['if-modified-since'] ?? null,
        keys: KEY_HEADERS.filter((name) => name in headers),
        status: null,
      };
      entries.push(entry);
      if (entries.length > MOST) entries.shift();
      return entry;
    },
    list(filter) {
      const [source, host, after] = ['source', 'host', 'after'].map((name) => filter.get(name));
      return entries.filter(
        (entry) =>
          (!source || entry.source === source) &&
          (!host || entry.host === host) &&
          (!after || entry.number > Number(after)),
      );
    },
    clear() {
      entries.length = 0;
    },
  };
}
