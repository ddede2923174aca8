/** The daily crawl in the real Worker, at the imitated sites: what members see of it, and how it ends when a site is amiss. */
import { Client } from '@planetscale/database';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { addStaff } from '../../local/commands/staff-add.ts';
import type { LoggedRequest } from '../../local/crawl/request-log.ts';
import type { SourceSwitch } from '../../local/crawl/switches.ts';
import { fireCron } from '../../local/cron.ts';
import { createIdMaker } from '../../src/platform/ids.ts';
import { koreanDay } from '../../src/platform/korea-time.ts';
import type { AnyJson } from '../harness/app.ts';
import { callWorker, joinLoopUs } from '../harness/worker-client.ts';

const STAFF = 'story.crawl@loopus.kr';
const SOURCES = ['brunch', 'google-news', 'kakao-blog', 'naver-news', 'youtube'] as const;
/** Those of our hosts whose robots.txt is asked for. */
const ROBOTS_HOSTS = ['api.brunch.co.kr', 'brunch.co.kr', 'news.google.com'];
const PATIENCE_MS = 60_000;

type Answered = Record<(typeof SOURCES)[number], string>;

const { env, urls } = inject('dataPlane');
const database = new Client({ url: env['DATABASE_URL'] ?? '' });
const ids = createIdMaker({ now: () => new Date() });

async function rows<Row>(statement: string, values: unknown[] = []): Promise<Row[]> {
  return (await database.execute(statement, values)).rows as Row[];
}

async function control(name: string, method = 'GET', body?: object): Promise<AnyJson> {
  const response = await fetch(`${urls.crawl}/_control/${name}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
  return response.json();
}

let staffToken: string;

beforeAll(async () => {
  await addStaff(env['DATABASE_URL'] ?? '', STAFF, 'writer');
  const signed = await fetch(`${urls.access}/_control/sign`, {
    method: 'POST',
    body: JSON.stringify({ email: STAFF }),
  });
  staffToken = ((await signed.json()) as { token: string }).token;
});

/**
 * A day of which nothing has been done, at sites that are all right and known to us: what their robots.txt say was read
 * a while ago, and none is asked to wait.
 */
beforeEach(async () => {
  for (const name of ['source', 'robots', 'requests']) await control(name, 'DELETE');
  await control('quota', 'POST', { searches: 0, units: 0 });
  for (const table of ['runs', 'visits', 'quotas', 'hosts'])
    await database.execute(`delete from discovery_${table}`);
  // Nobody uses any tag so far.
  await database.execute('delete from post_tags');
  await database.execute('update tags set post_count = 0');
  for (const host of ROBOTS_HOSTS) {
    await database.execute(
      `insert into discovery_hosts (host, next_at, robots_state, robots_read_at)
       values (?, utc_timestamp(3), 'none', utc_timestamp(3))`,
      [host],
    );
  }
});

afterAll(() => control('source', 'DELETE'));

/** The pace is kept in tests with a clock that can be moved; here, nobody is made to wait. */
async function hurry(): Promise<void> {
  await database.execute(
    'update discovery_hosts set next_at = utc_timestamp(3) where next_at > utc_timestamp(3)',
  );
  for (const source of SOURCES) {
    await fetch(`${urls.qstash}/v2/flowControl/discovery.${source}/resetRate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${env['QSTASH_TOKEN']}` },
    });
  }
}

async function askStaff(method: string, path: string): Promise<AnyJson> {
  const answer = await callWorker(method, `/v1/staff${path}`, {
    headers: { 'cf-access-jwt-assertion': staffToken },
  });
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

type Visit = { source: string; outcome: string | null; isPartial: number; attempts: number };

/** The visits of a tag, once all of them are over. */
async function waitForVisits(tagId: string): Promise<Visit[]> {
  const read = async (): Promise<Visit[]> => {
    await hurry();
    return rows<Visit>(
      'select source, outcome, is_partial isPartial, attempts from discovery_visits where tag_id = ? order by source',
      [tagId],
    );
  };
  await expect
    .poll(async () => (await read()).filter(({ outcome }) => outcome !== null).length, {
      timeout: PATIENCE_MS,
      interval: 100,
    })
    .toBe(SOURCES.length);
  return read();
}

async function tagId(name: string): Promise<string> {
  const [tag] = await rows<{ id: string }>('select id from tags where name = ?', [name]);
  return tag?.id ?? '';
}

it(
  'what is found for the tags of a member fills their strips, each pair of tag and source once however often it is begun',
  async () => {
    const member = await joinLoopUs('story.crawl.member@snu.ac.kr', '두루미');
    const career = await callWorker('POST', '/v1/careers', {
      token: member.token,
      body: { name: '길 찾기', kind: 'personal' },
    });
    const tags = ['두루미공모전', '두루미인턴'];
    await callWorker('POST', '/v1/posts', {
      token: member.token,
      body: { careerId: career.body.id, text: '오늘도 한 걸음', tags },
    });
    await expect.poll(() => tagId('두루미인턴')).not.toBe('');

    const { url } = inject('worker');
    const start = () => askStaff('POST', '/schedules/discovery.daily/start');
    await start();
    await start();
    await Promise.all([1, 2, 3].map(() => fireCron(url, (line) => expect.fail(line))));
    for (const tag of tags) {
      const visits = await waitForVisits(await tagId(tag));
      expect(visits.map(({ source, outcome }) => [source, outcome])).toEqual(
        SOURCES.map((source) => [source, 'ok']),
      );
    }
    const { requests } = (await control('requests')) as { requests: LoggedRequest[] };
    const searches = requests.filter(({ path }) => path.includes(encodeURIComponent('두루미')));
    expect(searches).toHaveLength(tags.length * SOURCES.length);
    expect(new Set(searches.map(({ host, path }) => host + path)).size).toBe(searches.length);
    for (const { userAgent, status, acceptLanguage } of requests) {
      expect(userAgent).toMatch(/^LoopUsBot\/1\.0 \(\+http:\/\/127\.0\.0\.1:\d+\/bot; mailto:/);
      expect([status, acceptLanguage]).toEqual([200, 'ko']);
    }

    const feed = await callWorker('GET', '/v1/feed', { token: member.token });
    const { strips } = feed.body.head;
    expect(strips.news).toHaveLength(10);
    expect(strips.blog).toHaveLength(10);
    expect(strips.video).toHaveLength(10);
    expect(strips.video[0]).toMatchObject({
      source: { id: 'youtube' },
      video: { channelId: expect.any(String) },
    });
    const query = new URLSearchParams({ kind: 'news', tag: '두루미인턴', limit: '50' });
    const list = await callWorker('GET', `/v1/discoveries?${query}`, { token: member.token });
    expect(list.body.items.length).toBeGreaterThanOrEqual(10);
    const times = list.body.items.map(({ publishedAt }: AnyJson) => Date.parse(publishedAt));
    expect(times).toEqual(times.toSorted((a: number, b: number) => b - a));

    const report = await askStaff('GET', `/discovery/runs/${koreanDay(new Date())}`);
    for (const { source, planned, done, stored, known } of report.sources) {
      expect([source, planned - done]).toEqual([source, 0]);
      expect(stored + known).toBeGreaterThanOrEqual(20);
    }
  },
  2 * PATIENCE_MS,
);

type Trouble = Omit<SourceSwitch, 'source'>;
type Round = Record<(typeof SOURCES)[number], [Trouble, outcome: string]>;

/** Five at once: none holds up another. */
const rounds: Round[] = [
  {
    'google-news': [{ mode: 'consent' }, 'blocked_consent'],
    'naver-news': [{ mode: 'key' }, 'config_error'],
    brunch: [{ mode: 'login' }, 'blocked_login'],
    'kakao-blog': [{ mode: 'schema' }, 'schema_changed'],
    youtube: [{ mode: 'quota' }, 'quota_spent'],
  },
  {
    'google-news': [{ mode: 'sorry' }, 'throttled'],
    'naver-news': [{ mode: 'quota' }, 'quota_spent'],
    brunch: [{ mode: 'loop' }, 'blocked_login'],
    'kakao-blog': [{ mode: 'html' }, 'unexpected_format'],
    youtube: [{ mode: 'key' }, 'config_error'],
  },
  {
    'google-news': [{ mode: 'cut' }, 'ok, in part'],
    'naver-news': [{ mode: 'throttle', status: 503, retryAfter: '120' }, 'throttled'],
    brunch: [{ mode: 'html' }, 'unreachable'],
    'kakao-blog': [{ mode: 'throttle', status: 503, retryAfter: 'soon' }, 'throttled'],
    youtube: [{ mode: 'busy' }, 'throttled'],
  },
  {
    'google-news': [{ mode: 'hang' }, 'timeout'],
    'naver-news': [{ mode: 'slow' }, 'timeout'],
    brunch: [{ mode: 'bomb' }, 'too_large'],
    'kakao-blog': [{ mode: 'huge' }, 'too_large'],
    youtube: [{ mode: 'garbage' }, 'unexpected_format'],
  },
  {
    'google-news': [{ mode: 'format' }, 'unexpected_format'],
    'naver-news': [{ mode: 'redirect', to: 'https://169.254.169.254/' }, 'ssrf_blocked'],
    brunch: [{ mode: 'redirect', to: 'http://api.brunch.co.kr/' }, 'redirect_refused'],
    'kakao-blog': [{ mode: 'quota' }, 'quota_spent'],
    youtube: [{ mode: 'html' }, 'http_error'],
  },
  {
    'google-news': [{ mode: 'empty' }, 'empty'],
    'naver-news': [{ mode: 'empty' }, 'empty'],
    brunch: [{ mode: 'empty' }, 'empty'],
    'kakao-blog': [{ mode: 'empty' }, 'empty'],
    youtube: [{ mode: 'empty' }, 'empty'],
  },
  {
    'google-news': [{ mode: 'consent_page' }, 'blocked_consent'],
    'naver-news': [{ mode: 'challenge' }, 'throttled'],
    brunch: [{ mode: 'schema' }, 'schema_changed'],
    'kakao-blog': [{ mode: 'key' }, 'config_error'],
    youtube: [{ mode: 'schema' }, 'schema_changed'],
  },
  {
    'google-news': [{ mode: 'layout' }, 'unexpected_format'],
    'naver-news': [{ mode: 'cut' }, 'unreachable'],
    brunch: [{ mode: 'layout' }, 'unexpected_format'],
    'kakao-blog': [{ mode: 'redirect', to: 'https://dapi.kakao.com.example.com/' }, 'redirect_refused'],
    youtube: [{ mode: 'bomb' }, 'too_large'],
  },
];

function nameOf(round: Round): string {
  return SOURCES.map((source) => `${source} ${round[source][0].mode}`).join(', ');
}

it.each(rounds.map((round) => [nameOf(round), round] as const))(
  '%s',
  async (_name, round) => {
    for (const source of SOURCES) await control('source', 'POST', { source, ...round[source][0] });
    const id = ids.next();
    const name = `사고${id}`;
    await database.execute(
      "insert into tags (id, name, choseong, post_count, created_at) values (?, ?, '', 1, utc_timestamp(3))",
      [id, name],
    );
    await askStaff('POST', '/schedules/discovery.daily/start');
    const visits = await waitForVisits(id);
    const answered = Object.fromEntries(
      visits.map(({ source, outcome, isPartial }) => [
        source,
        Number(isPartial) === 1 ? `${outcome}, in part` : outcome,
      ]),
    ) as Answered;
    expect(answered).toEqual(Object.fromEntries(SOURCES.map((source) => [source, round[source][1]])));
    expect(visits.map(({ attempts }) => Number(attempts))).toEqual(SOURCES.map(() => 1));
    // Nobody followed a redirect to where it led.
    const { requests } = (await control('requests')) as { requests: LoggedRequest[] };
    expect(requests.filter(({ source }) => source === null)).toEqual([]);
    const report = await askStaff('GET', `/discovery/runs/${koreanDay(new Date())}`);
    expect(report.sources.map(({ source }: AnyJson) => source).toSorted()).toEqual([...SOURCES]);
  },
  2 * PATIENCE_MS,
);
