/** Sites and sources for tests of the crawler's transport: each source has a host of its own, so that none share a pace. */
import {
  SourceError,
  type Outcome,
  type Source,
  type SourceRequest,
} from '../../src/features/discovery/source.ts';
import { readPage, type PageResult } from '../../src/features/discovery/transport/read-page.ts';
import { startTestApp, type TestApp } from './app.ts';

export type Site = (request: Request) => Response | Promise<Response>;

export type Asked = { url: string; at: number; headers: Headers };

export type Refused = { kind: 'refused'; outcome: Outcome; retryAfter: number | undefined };

export type SiteSource = Source & { host: string };

export type CrawledWeb = {
  app: TestApp;
  /** What the web answers by address; nothing answers elsewhere. */
  sites: Record<string, Site>;
  /** Every request that was made. */
  asked: Asked[];
  /** A source with one host, no pause, and robots.txt not asked unless said otherwise. */
  makeSource(parts?: Partial<Source> & { pauseSeconds?: number }): SiteSource;
  read(source: Source, request?: Partial<SourceRequest>): Promise<PageResult | Refused>;
  /** Statements and round trips of one reading, and statements of remembering it. */
  cost(
    source: Source,
    request?: Partial<SourceRequest>,
  ): Promise<{ statements: number; roundTrips: number; toRemember: number }>;
  /** The row of a host. */
  host(name: string): Promise<Record<string, unknown> | undefined>;
};

/** Starts the app with an open web of one's own. */
export async function startCrawledWeb(): Promise<CrawledWeb> {
  const sites: CrawledWeb['sites'] = {};
  const asked: Asked[] = [];
  const app = await startTestApp({
    web: async (request) => {
      asked.push({ url: request.url, at: app.clock.now().getTime(), headers: request.headers });
      const site = sites[request.url];
      if (!site) throw new TypeError(`nothing at ${request.url}`);
      return site(request);
    },
  });
  let sources = 0;

  function requestOf(source: Source, parts: Partial<SourceRequest>): SourceRequest {
    return {
      step: 'search',
      url: `https://${source.hosts[0] ?? ''}/page`,
      accept: 'application/json',
      maxBytes: 1000,
      ...parts,
    };
  }

  return {
    app,
    sites,
    asked,
    makeSource({ pauseSeconds = 0, ...parts } = {}) {
      sources += 1;
      const host = parts.hosts?.[0] ?? `s${sources}.news-site.kr`;
      const source: Source = {
        id: `source-${sources}`,
        name: 'A source of tests',
        kind: 'news',
        hosts: [host],
        budget: { pauseSeconds, visits: 10 },
        isRobotsAsked: false,
        isConfigured: () => true,
        requests: () => [],
        parse: async () => ({ items: [], dropped: {}, next: [], later: [] }),
      };
      return Object.assign(source, parts, { host });
    },
    read: (source, parts = {}) =>
      app.asSystem((ctx) =>
        readPage(ctx, source, requestOf(source, parts)).catch((error: unknown): Refused => {
          if (!(error instanceof SourceError)) throw error;
          return { kind: 'refused', outcome: error.outcome, retryAfter: error.retryAfter };
        }),
      ),
    cost: (source, parts = {}) =>
      app.asSystem(async (ctx) => {
        const result = await readPage(ctx, source, requestOf(source, parts));
        const { statements, sequentialRoundTrips: roundTrips } = ctx.deps.outbound.counts();
        if (result.kind === 'page') await result.remember();
        return { statements, roundTrips, toRemember: ctx.deps.outbound.counts().statements - statements };
      }),
    async host(name) {
      const [row] = await app.sql('select * from discovery_hosts where host = ?', name);
      return row;
    },
  };
}

/** An answer of 200, or as said. */
export function answer(body: BodyInit = '{}', init: ResponseInit = {}): Response {
  return new Response(body, { headers: { 'content-type': 'application/json' }, ...init });
}

/** A redirect. */
export function redirectTo(location: string, status = 302): Response {
  return new Response(null, { status, headers: { location } });
}
