/**
 * The sites that discovery reads, on one machine: `https://<host>/<path>` is `<url>/<host>/<path>`. What they hold is made
 * up from the tag and the day; how they write it is theirs.
 *
 * - `POST /_control/source` `{ source, mode, … }` ({@link SourceSwitch}): a source misbehaves; `GET` tells what is on and
 *   every mode, `DELETE` puts all right again
 * - `POST /_control/robots` `{ source, mode }` ({@link RobotsSwitch}), `DELETE`: another robots.txt
 * - `GET /_control/requests` → `{ requests }`, each request seen; `?source=`, `?host=`, `?after=<number>`; `DELETE`
 * - `GET /_control/quota` → what YouTube has counted today; `POST { searches?, units? }` sets it
 * - `POST /_control/clock` `{ now }`: the moment it is here; `{ now: null }`: the real one
 */
import { startStandIn, type Reply, type StandIn, type StandInRequest } from '../stand-in.ts';
import { createLibrary } from './content/library.ts';
import { createRequestLog, type LoggedRequest } from './request-log.ts';
import type { Site, SiteRequest } from './site.ts';
import { createBrunch } from './sites/brunch.ts';
import { createGoogleNews } from './sites/google-news.ts';
import { createKakaoBlog } from './sites/kakao-blog.ts';
import { createNaverNews } from './sites/naver-news.ts';
import { createYoutube } from './sites/youtube.ts';
import {
  answerRobots,
  hasMode,
  misbehave,
  MODES,
  ROBOTS_MODES,
  type RobotsSwitch,
  type SourceSwitch,
} from './switches.ts';

export type CrawlKeys = {
  youtubeApiKey: string;
  naverClientId: string;
  naverClientSecret: string;
  kakaoRestKey: string;
};

export type CrawlSitesOptions = {
  port?: number;
  latencyMs?: number;
  keys: CrawlKeys;
  /** A file that keeps which tags were asked for, so that addresses given away stay good over a restart. */
  keptIn?: string;
};

/** Starts them on 127.0.0.1. Rejects with EADDRINUSE when the port is taken. */
export async function startCrawlSites(options: CrawlSitesOptions): Promise<StandIn> {
  const { keys } = options;
  let fixedNow: Date | undefined;
  const library = createLibrary({ now: () => fixedNow ?? new Date(), keptIn: options.keptIn });
  const youtube = createYoutube(library, keys.youtubeApiKey);
  const naverKeys = { clientId: keys.naverClientId, clientSecret: keys.naverClientSecret };
  const sites: readonly Site[] = [
    createGoogleNews(library),
    createNaverNews(library, naverKeys),
    createBrunch(library),
    createKakaoBlog(library, keys.kakaoRestKey),
    youtube,
  ];
  const log = createRequestLog();
  const orders = new Map<string, SourceSwitch>();
  const robots = new Map<string, RobotsSwitch['mode']>();

  function takeOrder(source: string, { url }: SiteRequest): SourceSwitch | undefined {
    const order = orders.get(source);
    if (!order || (order.match && !url.href.includes(order.match))) return undefined;
    if (order.count !== undefined) {
      if (order.count > 1) orders.set(source, { ...order, count: order.count - 1 });
      else orders.delete(source);
    }
    return order;
  }

  async function answer(
    site: Site,
    request: SiteRequest,
    raw: StandInRequest['raw'],
  ): Promise<Reply | undefined> {
    if (request.url.pathname === '/robots.txt') {
      const mode = robots.get(site.source);
      return mode ? answerRobots(mode) : site.robots(request.url.hostname);
    }
    const order = takeOrder(site.source, request);
    return order ? misbehave({ site, request, order, raw }) : site.answer(request);
  }

  function findSite(source: unknown): Site {
    const site = sites.find((one) => one.source === source);
    if (!site) throw new Error(`source: one of ${sites.map((one) => one.source).join(', ')}`);
    return site;
  }

  return startStandIn({
    port: options.port ?? 0,
    latencyMs: options.latencyMs ?? 0,
    async handle({ path, headers, raw, method }) {
      const [, host = '', rest = ''] = /^\/([^/?]+)(.*)$/s.exec(path) ?? [];
      const request = { url: new URL(`https://${host}${rest}`), headers };
      const site = sites.find((one) => one.hosts.includes(host));
      const entry = log.add(request, site?.source ?? null);
      noteStatus(entry, raw.response);
      if (!site) return { status: 404, body: { error: `${host} is not imitated` } };
      if (method !== 'GET') return { status: 405, body: { error: 'only GET' } };
      return answer(site, request, raw);
    },
    control: {
      source(body, _url, method) {
        if (method === 'DELETE') orders.clear();
        if (body && method === 'POST') {
          const order = body as SourceSwitch;
          const site = findSite(order.source);
          if (!hasMode(site, order.mode)) throw new Error(`mode: one of ${MODES.join(', ')}`);
          orders.set(site.source, order);
        }
        return { switches: [...orders.values()], modes: MODES, sources: sites.map(({ source }) => source) };
      },
      robots(body, _url, method) {
        if (method === 'DELETE') robots.clear();
        if (body && method === 'POST') {
          const { source, mode } = body as RobotsSwitch;
          if (!ROBOTS_MODES.includes(mode)) throw new Error(`mode: one of ${ROBOTS_MODES.join(', ')}`);
          robots.set(findSite(source).source, mode);
        }
        return { robots: Object.fromEntries(robots), modes: ROBOTS_MODES };
      },
      requests(_body, url, method) {
        if (method === 'DELETE') log.clear();
        return { requests: log.list(url.searchParams) };
      },
      quota: (body) => (body ? youtube.setUse(body) : youtube.use()),
      clock(body) {
        const { now } = body as { now: string | null };
        fixedNow = now === null ? undefined : new Date(now);
        return { now: library.now().toISOString() };
      },
    },
  });
}

function noteStatus(entry: LoggedRequest, response: StandInRequest['raw']['response']): void {
  response.once('close', () => {
    entry.status = response.headersSent ? response.statusCode : null;
  });
}
