import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type Answer, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type PersonOptions, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';

let app: TestApp;
let lastSchool = 20;
/** An id of long ago that no post has yet. */
let oldest = 1_000_000n;

beforeAll(async () => {
  app = await startTestApp();
  await app.request('GET', '/v1/schools?q=a');
});

function call(person: TestPerson, method: string, path: string, body?: unknown): Promise<Answer> {
  return app.request(method, path, { token: person.token, body });
}

/** A school and a field whose posts no other test writes: suggestions of one test do not show in another. */
function nextPlace(): PersonOptions {
  lastSchool += 1;
  return { schoolId: lastSchool, fieldId: lastSchool };
}

type Entry = { id: string; isSuggested: boolean };

async function readFeed(viewer: TestPerson, query = ''): Promise<Answer> {
  const answer = await call(viewer, 'GET', `/v1/feed${query}`);
  expect(answer.status).toBe(200);
  return answer;
}

async function readAll(viewer: TestPerson, limit: number, between = async () => {}): Promise<Entry[]> {
  const seen: Entry[] = [];
  let cursor: string | null = null;
  do {
    const page: Answer = await readFeed(viewer, `?limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`);
    seen.push(...page.body.items);
    cursor = page.body.nextCursor;
    await between();
  } while (cursor);
  return seen;
}

async function follow(who: TestPerson, whom: TestPerson): Promise<void> {
  expect((await call(who, 'PUT', `/v1/users/${whom.userId}/follow`)).status).toBe(204);
}

/** So many people, each with one old post, that only the newest of all they wrote are looked at. Newest first. */
async function followMany(viewer: TestPerson): Promise<string[]> {
  const place = nextPlace();
  const stars = await Promise.all(Array.from({ length: 25 }, () => signUpAuthor(place, 0)));
  const old = await fill(stars, stars.length, oldest);
  oldest += 10_000_000n;
  for (const { author } of stars) await follow(viewer, author);
  return old.map(({ id }) => id).toReversed();
}

async function joinGroup(careerId: string, person: TestPerson): Promise<void> {
  await app.sql(
    `insert into career_members (career_id, user_id, state, position, created_at) values (?, ?, 'active', 0, '2026-11-24')`,
    careerId,
    person.userId,
  );
}

/** Somebody with a career and as many posts as wanted, oldest first. */
async function signUpAuthor(
  place: PersonOptions,
  posts: number,
): Promise<{ author: TestPerson; careerId: string; postIds: string[] }> {
  const author = await signUpPerson(app, place);
  const careerId = await makeCareer(app, author);
  const postIds: string[] = [];
  for (let index = 0; index < posts; index += 1) postIds.push(await writePost(app, author, { careerId }));
  return { author, careerId, postIds };
}

/** Of people who follow few everything is looked at. */
const reaches: [string, boolean][] = [
  ['few', false],
  ['many', true],
];

describe('the feed', () => {
  it.each(reaches)(
    'brings my posts, those of people and careers I follow and of my groups, newest first, who follows %s',
    async (_what, isMany) => {
      const viewer = await signUpPerson(app, nextPlace());
      const old = isMany ? await followMany(viewer) : [];
      const own = await makeCareer(app, viewer);
      const [followed, ofCareer, member, stranger] = await Promise.all([
        signUpAuthor(nextPlace(), 0),
        signUpAuthor(nextPlace(), 0),
        signUpAuthor(nextPlace(), 0),
        signUpAuthor(nextPlace(), 1),
      ]);
      const group = await makeCareer(app, member.author, { kind: 'group' });
      await joinGroup(group, viewer);
      await follow(viewer, followed.author);
      await call(viewer, 'PUT', `/v1/careers/${ofCareer.careerId}/follow`);
      const another = await makeCareer(app, ofCareer.author);
      const expected = old;
      expected.unshift(await writePost(app, followed.author, { careerId: followed.careerId }));
      expected.unshift(await writePost(app, viewer, { careerId: own }));
      expected.unshift(await writePost(app, member.author, { careerId: group }));
      expected.unshift(await writePost(app, ofCareer.author, { careerId: ofCareer.careerId }));
      await writePost(app, ofCareer.author, { careerId: another });
      await writePost(app, member.author, { careerId: member.careerId });
      expected.unshift(await writePost(app, viewer, { careerId: group }));
      for (const limit of [1, 2, 20]) {
        const seen = await readAll(viewer, limit);
        expect(seen.map(({ id }) => id)).toEqual(expected);
        expect(seen.some(({ isSuggested }) => isSuggested)).toBe(false);
      }
      expect(stranger.postIds).toHaveLength(1);
    },
  );

  it('goes on with posts of my school or field, marked, and never with those I have had', async () => {
    const place = nextPlace();
    const viewer = await signUpPerson(app, place);
    const schoolMate = await signUpAuthor({ ...nextPlace(), schoolId: place.schoolId! }, 3);
    const fieldMate = await signUpAuthor({ ...nextPlace(), fieldId: place.fieldId! }, 2);
    const both = await signUpAuthor(place, 2);
    const followed = await signUpAuthor(place, 2);
    await follow(viewer, followed.author);
    const suggested = [...schoolMate.postIds, ...fieldMate.postIds, ...both.postIds].toReversed();
    for (const limit of [1, 2, 3, 4, 20]) {
      const seen = await readAll(viewer, limit);
      expect(seen.map(({ id }) => id)).toEqual([...followed.postIds.toReversed(), ...suggested]);
      expect(seen.map(({ isSuggested }) => isSuggested)).toEqual([
        ...followed.postIds.map(() => false),
        ...suggested.map(() => true),
      ]);
    }
  });

  it.each(reaches)(
    'shows nobody who is blocked, has left or is suspended, who follows %s',
    async (_what, isMany) => {
      const place = nextPlace();
      const viewer = await signUpPerson(app, place);
      const old = isMany ? await followMany(viewer) : [];
      const authors = await Promise.all(
        ['blocked', 'blocks', 'left', 'suspended', 'groupBlocked'].map(() => signUpAuthor(place, 1)),
      );
      const [blocked, blocks, left, suspended, groupBlocked] = authors as Five;
      const group = await makeCareer(app, groupBlocked.author, { kind: 'group' });
      await joinGroup(group, viewer);
      await writePost(app, groupBlocked.author, { careerId: group });
      for (const { author } of [left, suspended]) await follow(viewer, author);
      await call(viewer, 'PUT', `/v1/careers/${blocks.careerId}/follow`);
      expect(await readAll(viewer, 20)).toHaveLength(6 + old.length);
      await call(viewer, 'PUT', `/v1/users/${blocked.author.userId}/block`);
      await call(viewer, 'PUT', `/v1/users/${groupBlocked.author.userId}/block`);
      await call(blocks.author, 'PUT', `/v1/users/${viewer.userId}/block`);
      await app.sql(`update users set left_at = '2026-11-24' where id = ?`, left.author.userId);
      await app.sql(`update users set suspended_at = '2026-11-24' where id = ?`, suspended.author.userId);
      for (const limit of [1, 20]) {
        expect((await readAll(viewer, limit)).map(({ id }) => id)).toEqual(old);
      }
    },
  );

  it.each(reaches)(
    'pages 2,000 posts without a repeat or a gap while others write and delete, who follows %s',
    async (_what, isMany) => {
      const place = nextPlace();
      const viewer = await signUpPerson(app, place);
      const elsewhere = nextPlace();
      const people = Array.from({ length: isMany ? 30 : 1 }, () => signUpAuthor(elsewhere, 0));
      const followed = await Promise.all(people);
      const mate = await signUpAuthor(place, 0);
      for (const { author } of followed) await follow(viewer, author);
      const authors = followed.flatMap((author) => [author, mate]);
      const all = await fill(authors, 2000, isMany ? 2_000_000_000_000n : 1_000_000_000_000n);
      const deleted = new Set<string>();
      let random = 7;
      const pick = () => {
        random = (random * 48_271) % 2_147_483_647;
        return all[random % all.length]!;
      };
      const reading = { isOver: false };
      /** Writes and deletes all the time, with no regard to where the reader is. */
      async function disturb(): Promise<void> {
        while (!reading.isOver) {
          const { id, author } = pick();
          deleted.add(id);
          await call(author.author, 'DELETE', `/v1/posts/${id}`);
          await writePost(app, author.author, { careerId: author.careerId });
          app.clock.advance(1000);
        }
      }
      const disturbance = disturb();
      const seen = await readAll(viewer, 25);
      reading.isOver = true;
      await disturbance;

      const seenIds = seen.map(({ id }) => id);
      expect(new Set(seenIds).size).toBe(seenIds.length);
      const expected = all.filter(({ id }) => !deleted.has(id)).map(({ id }) => id);
      const missing = expected.filter((id) => !seenIds.includes(id));
      expect(missing).toEqual([]);
      expect(deleted.size).toBeGreaterThan(20);
      for (const phase of [false, true]) {
        const part = seen.filter(({ isSuggested }) => isSuggested === phase).map(({ id }) => BigInt(id));
        expect(part).toEqual(part.toSorted((a, b) => (a < b ? 1 : -1)));
        expect(part.length).toBeGreaterThan(900);
      }
    },
    120_000,
  );

  it('shows all that one person wrote, however many others are followed', async () => {
    const viewer = await signUpPerson(app, nextPlace());
    const old = await followMany(viewer);
    const author = await signUpAuthor(nextPlace(), 0);
    await follow(viewer, author.author);
    const far = await fill([author], 30, 500_000n);
    const near = await fill([author], 30, 200_000_000_000_000_000n);
    const expected = [...near.toReversed(), ...far.toReversed()].map(({ id }) => id);
    expected.splice(near.length, 0, ...old);
    for (const limit of [3, 20, 50]) {
      expect((await readAll(viewer, limit)).map(({ id }) => id)).toEqual(expected);
    }
  });

  it('is topped up on the first page, and short where suggestions begin on a later one', async () => {
    const place = nextPlace();
    const viewer = await signUpPerson(app, place);
    const followed = await signUpAuthor(nextPlace(), 3);
    const mate = await signUpAuthor(place, 2);
    await follow(viewer, followed.author);
    const sizes = async (limit: number) => {
      const first = await readFeed(viewer, `?limit=${limit}`);
      const second = await readFeed(viewer, `?limit=${limit}&cursor=${first.body.nextCursor}`);
      return [first.body.items.length, second.body.items.length];
    };
    expect(mate.postIds).toHaveLength(2);
    expect(await sizes(4)).toEqual([4, 1]);
    expect(await sizes(2)).toEqual([2, 1]);
  });

  it('takes no cursor of another list and none that is broken', async () => {
    const { author } = await signUpAuthor(nextPlace(), 3);
    const foreign = await call(author, 'GET', `/v1/users/${author.userId}/posts?limit=1`);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const cursors = [
      foreign.body.nextCursor,
      'x',
      encode([1, 'feed', 'other', '5']),
      encode([1, 'feed', 'followed', '9223372036854775808']),
      encode([1, 'feed', 'followed', '-1']),
      encode([2, 'feed', 'followed', '5']),
      encode([1, 'feed', 'followed']),
      encode([1, 'feed', 'followed', "5' or 1=1"]),
      encode({ 0: 1 }),
    ];
    for (const cursor of cursors) {
      const answer = await call(author, 'GET', `/v1/feed?cursor=${cursor}`);
      expect(answer.body.code).toBe('invalid_cursor');
    }
  });
});

describe('the head of the feed', () => {
  it('stands on the first page and names the career I wrote in longest ago', async () => {
    const viewer = await signUpPerson(app, nextPlace());
    const empty = await readFeed(viewer);
    expect(empty.body).toEqual({
      items: [],
      nextCursor: null,
      head: {
        strips: { news: [], video: [], blog: [] },
        writeNext: null,
        unread: { notifications: 0, messages: 0 },
      },
    });
    const fan = await signUpPerson(app);
    await app.request('PUT', `/v1/users/${viewer.userId}/follow`, { token: fan.token });
    const room = await app.request('PUT', `/v1/users/${viewer.userId}/room`, { token: fan.token });
    for (const text of ['안녕하세요', '반가워요'])
      await app.request('POST', `/v1/rooms/${room.body.id}/messages`, { token: fan.token, body: { text } });
    expect((await readFeed(viewer)).body.head.unread).toEqual({ notifications: 1, messages: 2 });
    const [first, second] = [
      await makeCareer(app, viewer, { name: '하나' }),
      await makeCareer(app, viewer, { name: '둘' }),
    ];
    const next = async () => (await readFeed(viewer)).body.head.writeNext.careerId;
    expect(await next()).toBe(first);
    await writePost(app, viewer, { careerId: first });
    expect(await next()).toBe(second);
    app.clock.advance(1000);
    await writePost(app, viewer, { careerId: second });
    expect(await next()).toBe(first);
    const page = await readFeed(viewer, '?limit=1');
    expect(page.body.head).not.toBeNull();
    expect((await readFeed(viewer, `?cursor=${page.body.nextCursor}`)).body.head).toBeNull();
  });

  it('counts only what I wrote in a group', async () => {
    const viewer = await signUpPerson(app, nextPlace());
    const other = await signUpAuthor(nextPlace(), 0);
    const group = await makeCareer(app, viewer, { kind: 'group', name: '그룹' });
    await joinGroup(group, other.author);
    const own = await makeCareer(app, viewer, { name: '개인' });
    await writePost(app, viewer, { careerId: own });
    app.clock.advance(1000);
    await writePost(app, other.author, { careerId: group });
    expect((await readFeed(viewer)).body.head.writeNext).toEqual({
      careerId: group,
      name: '그룹',
      kind: 'group',
    });
  });
});

describe('budgets of the feed', () => {
  it('hold on the first and the next page, however much they show', async () => {
    const place = nextPlace();
    const viewer = await signUpPerson(app, place);
    const { author, careerId } = await signUpAuthor(nextPlace(), 0);
    await follow(viewer, author);
    for (let index = 0; index < 8; index += 1) {
      await writePost(app, author, { careerId, tags: [`피드${index}`], links: ['https://example.com/'] });
    }
    for (const limit of [1, 4]) {
      const first = await readFeed(viewer, `?limit=${limit}`);
      expect(first.cost.sequentialRoundTrips).toBeLessThanOrEqual(4);
      expect(first.cost.statements).toBeLessThanOrEqual(12);
      const next = await readFeed(viewer, `?limit=${limit}&cursor=${first.body.nextCursor}`);
      expect(next.body.items).toHaveLength(limit);
      expect(next.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
      expect(next.cost.statements).toBeLessThanOrEqual(8);
      expect(next.cost.redisCommands).toBeLessThanOrEqual(3);
    }
    const seam = await readFeed(viewer, '?limit=7');
    expect(seam.body.items).toHaveLength(7);
    const last = await readFeed(viewer, `?limit=7&cursor=${seam.body.nextCursor}`);
    expect(last.body.items).toHaveLength(1);
    expect(last.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
    const whole = await readFeed(viewer);
    expect(whole.cost.sequentialRoundTrips).toBeLessThanOrEqual(4);
    expect(whole.cost.statements).toBeLessThanOrEqual(12);
  });
});

type Author = Awaited<ReturnType<typeof signUpAuthor>>;
type Five = [Author, Author, Author, Author, Author];

/** Posts of authors in turn, written directly, a minute apart; newest last. */
async function fill(
  authors: Author[],
  count: number,
  first: bigint,
): Promise<{ id: string; author: Author }[]> {
  const places = new Map<string, { school_id: number; field_id: number }>();
  for (const { author } of authors) {
    const [row] = await app.sql<{ school_id: number; field_id: number }>(
      'select school_id, field_id from users where id = ?',
      author.userId,
    );
    places.set(author.userId, row!);
  }
  const made = Array.from({ length: count }, (_, index) => ({
    id: String(first + BigInt(index) * 60_000n),
    author: authors[index % authors.length]!,
  }));
  for (let start = 0; start < count; start += 500) {
    const chunk = made.slice(start, start + 500);
    const values = chunk.map(({ id, author: { author, careerId } }) => {
      const { school_id, field_id } = places.get(author.userId)!;
      return [id, author.userId, careerId, school_id, field_id, '글', '2026-11-01', '2026-11-01'];
    });
    await app.sql(
      `insert into posts (id, author_id, career_id, school_id, field_id, text, day, created_at) values ${values.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ')}`,
      ...values.flat(),
    );
  }
  return made;
}
