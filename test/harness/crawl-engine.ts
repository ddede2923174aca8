/** A small open web with sources of its own, for tests of the crawl's engine. */
import { createJobs } from '../../src/platform/jobs/job.ts';
import { createSchedules } from '../../src/platform/schedules.ts';
import type { Registry } from '../../src/deps.ts';
import { createCrawl } from '../../src/features/discovery/jobs.ts';
import {
  SourceError,
  type FoundItem,
  type Source,
  type SourceRequest,
} from '../../src/features/discovery/source.ts';
import { createIdMaker } from '../../src/platform/ids.ts';
import type { TestApp } from './app.ts';
import { signUpPerson } from './people.ts';
import { makeCareer, writePost } from './posts.ts';

export type TestSource = Source & { host: string };

type SourceOptions = Partial<Source> & { pauseSeconds?: number; visits?: number };

/**
 * A source that answers JSON: `{ items: [{ id, title, … }], next?: [address], later?: [address], fault?: outcome }`. An
 * item `{ id: 'a' }` has the identity `<kind>:a` unless it names others.
 */
export function createTestSource(id: string, options: SourceOptions = {}): TestSource {
  const host = `${id}.example.com`;
  const { pauseSeconds = 0, visits = 100, kind = 'news', ...rest } = options;
  return {
    id,
    name: id,
    kind,
    host,
    hosts: [host],
    budget: { pauseSeconds, visits },
    isRobotsAsked: false,
    isConfigured: () => true,
    requests: ({ phrase }) => [requestOf(`https://${host}/search?q=${encodeURIComponent(phrase)}`)],
    async parse(page, before) {
      const answer = JSON.parse(new TextDecoder().decode(page.bytes)) as TestAnswer;
      if (answer.fault) throw new SourceError(answer.fault);
      return {
        items: [...before, ...(answer.items ?? []).map((item) => toItem(kind, item))],
        dropped: answer.dropped ?? {},
        next: (answer.next ?? []).map((url) => requestOf(url)),
        later: (answer.later ?? []).map((url) => requestOf(url)),
      };
    },
    ...rest,
  };
}

export type TestItem = { id: string } & Partial<Omit<FoundItem, 'publishedAt'>> & { publishedAt?: string };
export type TestAnswer = {
  items?: TestItem[];
  next?: string[];
  later?: string[];
  dropped?: Record<string, number>;
  fault?: ConstructorParameters<typeof SourceError>[0];
};

export function requestOf(url: string, rest: Partial<SourceRequest> = {}): SourceRequest {
  return { step: 'search', url, accept: 'application/json', maxBytes: 100_000, ...rest };
}

export function toItem(kind: string, { id, publishedAt, ...item }: TestItem): FoundItem {
  return {
    identities: [`${kind}:${id}`],
    title: `제목 ${id}`,
    author: null,
    url: `https://pages.example.com/${id}`,
    pictureUrl: null,
    language: null,
    ...item,
    publishedAt: publishedAt === undefined ? null : new Date(publishedAt),
  };
}

/** The registry of an app whose crawl knows these sources and nothing else. */
export function registryOf(sources: readonly Source[]): Partial<Registry> {
  const { jobs, schedule } = createCrawl(sources);
  return { jobs: createJobs(jobs), schedules: createSchedules([schedule]) };
}

const DAILY = 'discovery.daily';

/** Starts the day's run as the schedule does. */
export async function startCrawl(app: TestApp): Promise<void> {
  await app.asSystem(async (ctx) => {
    await ctx.deps.schedules.find(DAILY)?.start(ctx, ctx.deps.clock.now());
  });
}

/** Tags as people use them: each of the names in one post by each of so many people. Answers their ids by name. */
export async function useTags(app: TestApp, uses: Record<string, number>): Promise<Record<string, string>> {
  for (let person = 0; person < Math.max(...Object.values(uses)); person += 1) {
    const names = Object.keys(uses).filter((name) => (uses[name] ?? 0) > person);
    const writer = await signUpPerson(app);
    const careerId = await makeCareer(app, writer);
    for (let start = 0; start < names.length; start += 5) {
      await writePost(app, writer, { careerId, tags: names.slice(start, start + 5) });
    }
  }
  await app.settle();
  return idsOfTags(app);
}

/** Living tags that nobody has used lately. Answers the ids of all tags by name. */
export async function keepTags(app: TestApp, names: readonly string[]): Promise<Record<string, string>> {
  const ids = createIdMaker(app.clock);
  for (const name of names) {
    await app.sql(
      "insert into tags (id, name, choseong, post_count, created_at) values (?, ?, '', 1, now(3))",
      ids.next(),
      name,
    );
  }
  return idsOfTags(app);
}

async function idsOfTags(app: TestApp): Promise<Record<string, string>> {
  const rows = await app.sql<{ id: string; name: string }>('select id, name from tags');
  return Object.fromEntries(rows.map(({ id, name }) => [name, id]));
}
