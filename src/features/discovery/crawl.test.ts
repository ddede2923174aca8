/** The daily run from its start to its end: who is asked for what, once, whatever is delivered how often or dies. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createTestSource,
  keepTags,
  registryOf,
  startCrawl,
  type TestAnswer,
} from '../../../test/harness/crawl.ts';

const quick = createTestSource('quick');
const slow = createTestSource('slow', { kind: 'blog', pauseSeconds: 5 });
const keyless = createTestSource('keyless', { isConfigured: () => false });
const TAGS = ['취업', '인턴', '면접'];

type Asked = { at: number; url: URL };

let app: TestApp;
let tags: Record<string, string>;
let asked: Asked[];
/** What the web answers; by default one thing a tag and source. */
let answer: (url: URL, signal: AbortSignal) => Response | Promise<Response>;

const json = (body: TestAnswer) => Response.json(body);
const queryOf = (url: URL) => url.searchParams.get('q') ?? '';

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    registry: registryOf([quick, slow, keyless]),
    web: async (request) => {
      const url = new URL(request.url);
      asked.push({ at: app.clock.now().getTime(), url });
      return answer(url, request.signal);
    },
  });
  tags = await keepTags(app, TAGS);
});

beforeEach(() => {
  asked = [];
  answer = (url) => json({ items: [{ id: `${url.hostname}/${queryOf(url)}` }] });
});

afterEach(async () => {
  await app.queue.set({ duplicate: 0, reorder: false, drop: 0, delayMs: 0, down: false });
  await app.fault('planetscale', undefined);
  // What is left of a day is done before the next begins.
  answer = () => json({});
  await passUntilQuiet();
  app.clock.advance(86_400_000);
  await app.queue.advance(86_400_000);
});

/** Time passes for the app and its queue alike. */
async function passSeconds(seconds: number, step = 5): Promise<void> {
  for (let passed = 0; passed < seconds; passed += step) {
    app.clock.advance(step * 1000);
    await app.queue.advance(step * 1000);
    await app.queue.deliver();
    await app.settle();
  }
}

async function passUntilQuiet(): Promise<void> {
  const isWaiting = async () => (await app.queue.deliveries()).some(({ state }) => state === 'waiting');
  for (let minute = 0; minute < 300 && (await isWaiting()); minute += 1) await passSeconds(60, 60);
}

function visits(): Promise<Record<string, unknown>[]> {
  return app.sql(
    'select source, tag_id, state, outcome, attempts, deferrals, `stored`, known, lease_until from discovery_visits where day = ? order by source, position',
    today(),
  );
}

function today(): string {
  return new Date(app.clock.now().getTime() + 9 * 3600_000).toISOString().slice(0, 10);
}

/** How often each pair of host and query was asked for. */
function counts(): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { url } of asked) {
    const key = `${url.hostname} ${queryOf(url)}`;
    sums[key] = (sums[key] ?? 0) + 1;
  }
  return sums;
}

const EACH_ONCE = Object.fromEntries(
  [quick, slow].flatMap(({ host }) => TAGS.map((tag) => [`${host} ${tag}`, 1])),
);

describe('a daily run', () => {
  it('visits each pair of source and tag once, and stores what it finds', async () => {
    await startCrawl(app);
    await passSeconds(60);
    expect(counts()).toEqual(EACH_ONCE);
    const rows = await visits();
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'done', outcome: 'ok', attempts: 1, stored: 1, lease_until: null });
    }
    const found = await app.sql<{ tag_id: string; url: string }>(
      'select tag_id, url from discovery_tags inner join discoveries on id = discovery_id where source = ? order by url',
      quick.id,
    );
    expect(found).toEqual(
      TAGS.toSorted().map((tag) => ({
        tag_id: tags[tag],
        url: `https://pages.example.com/${quick.host}/${tag}`,
      })),
    );
  });
});
