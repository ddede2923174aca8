import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type Answer, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, toSqlTime, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost, type NewTestPost } from '../../../test/harness/posts.ts';

let app: TestApp;
let mediaCount = 0;

beforeAll(async () => {
  app = await startTestApp();
  await app.request('GET', '/v1/schools?q=a');
});

type Call = { body?: unknown; headers?: Record<string, string> };

function call(person: TestPerson, method: string, path: string, options: Call = {}): Promise<Answer> {
  return app.request(method, path, { token: person.token, ...options });
}

async function signUpMany(count: number): Promise<TestPerson[]> {
  return Promise.all(Array.from({ length: count }, () => signUpPerson(app)));
}

async function block(who: TestPerson, whom: TestPerson): Promise<void> {
  expect((await call(who, 'PUT', `/v1/users/${whom.userId}/block`)).status).toBe(204);
}

/** Somebody who writes, with a career. */
async function signUpAuthor(): Promise<{ author: TestPerson; careerId: string }> {
  const author = await signUpPerson(app);
  return { author, careerId: await makeCareer(app, author) };
}

/** An upload that waits to be claimed, as the upload routes leave it. */
async function upload(owner: TestPerson, kind: 'image' | 'file' = 'image', size = 1000): Promise<string> {
  mediaCount += 1;
  const id = String(7_000_000 + mediaCount);
  await app.sql(
    `insert into media (id, owner_id, kind, object_key, content_type, size, width, height, file_name, state, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)`,
    id,
    owner.userId,
    kind,
    `key-${id}`,
    kind === 'image' ? 'image/webp' : 'application/pdf',
    size,
    kind === 'image' ? 640 : null,
    kind === 'image' ? 480 : null,
    kind === 'file' ? `${id}.pdf` : null,
    toSqlTime(app.clock.now()),
  );
  return id;
}

function write(author: TestPerson, body: NewTestPost, headers = {}): Promise<Answer> {
  return call(author, 'POST', '/v1/posts', { body, headers });
}

async function read(viewer: TestPerson, postId: string): Promise<Answer> {
  return call(viewer, 'GET', `/v1/posts/${postId}`);
}

async function tagNames(postId: string): Promise<string[]> {
  const rows = await app.sql<{ name: string }>(
    'select name from post_tags join tags on tags.id = tag_id where post_id = ? order by position',
    postId,
  );
  return rows.map(({ name }) => name);
}

describe('writing a post', () => {
  it('takes 10 images in order with their descriptions, files and tags, within the budget', async () => {
    const { author, careerId } = await signUpAuthor();
    const mediaIds: string[] = [];
    for (let index = 0; index < 10; index += 1) mediaIds.unshift(await upload(author));
    const files = [
      { mediaId: await upload(author, 'file', 2000) },
      { mediaId: await upload(author, 'file') },
    ];
    await makeCareer(app, author);
    const answer = await write(author, {
      careerId,
      text: '전시를 마쳤다.\n사진은 시간순.',
      images: mediaIds.map((mediaId, index) => ({ mediaId, altText: `사진 ${index}` })),
      files,
      tags: ['전시', '졸업작품', '디자인'],
    });
    expect(answer.status).toBe(201);
    expect(answer.cost.sequentialRoundTrips).toBeLessThanOrEqual(11);
    expect(answer.cost.statements).toBeLessThanOrEqual(13);
    const { body, cost } = await read(author, answer.body.id);
    expect(body.images.map(({ mediaId }: { mediaId: string }) => mediaId)).toEqual(mediaIds);
    expect(body.images[3]).toEqual({
      mediaId: mediaIds[3],
      url: `http://127.0.0.1:8787/media/key-${mediaIds[3]}`,
      width: 640,
      height: 480,
      altText: '사진 3',
    });
    expect(body).toMatchObject({ fileCount: 2, text: '전시를 마쳤다.\n사진은 시간순.', isMine: true });
    expect(body.files).toMatchObject([{ size: 2000, contentType: 'application/pdf' }, { size: 1000 }]);
    expect(cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
    expect(cost.statements).toBeLessThanOrEqual(5);
    const career = await call(author, 'GET', `/v1/careers/${careerId}`);
    expect(career.body).toMatchObject({
      postCount: 1,
      coverUrl: `http://127.0.0.1:8787/media/key-${mediaIds[0]}`,
      lastPostAt: app.clock.now().toISOString(),
    });
  });

  it('takes 10 links in order, whose previews are to come', async () => {
    const { author, careerId } = await signUpAuthor();
    const links = Array.from({ length: 10 }, (_, index) => `https://example.com/${index}`);
    const answer = await write(author, { careerId, links });
    const { body } = await read(author, answer.body.id);
    expect(body.links.map(({ url }: { url: string }) => url)).toEqual(links);
    expect(body.links[0]).toMatchObject({ state: 'waiting', title: null, pictureUrl: null });
  });

  it.each([
    ['nothing', {}, 'post_empty'],
    ['text of spaces', { text: ' \n ' }, 'post_empty'],
    ['text that shows nothing', { text: '\u3164\n\u2800' }, 'post_empty'],
    ['a file alone', { files: [{ mediaId: '1' }] }, 'post_empty'],
    ['tags alone', { tags: ['전시'] }, 'post_empty'],
    ['5,001 characters', { text: '가'.repeat(5001) }, 'invalid_input'],
    ['11 links', { links: Array.from({ length: 11 }, () => 'https://example.com/') }, 'invalid_input'],
    ['11 images', { images: Array.from({ length: 11 }, () => ({ mediaId: '1' })) }, 'invalid_input'],
    [
      'images and links',
      { images: [{ mediaId: '1' }], links: ['https://example.com'] },
      'post_images_or_links',
    ],
    ['an http link', { links: ['http://example.com'] }, 'invalid_input'],
    ['a javascript link', { links: ['javascript:alert(1)'] }, 'invalid_input'],
    ['a link with a password', { links: ['https://a:b@example.com'] }, 'invalid_input'],
    ['a link that is none', { links: ['example'] }, 'invalid_input'],
    [
      '11 tags',
      { text: '글', tags: Array.from({ length: 11 }, (_, index) => `태그${index}`) },
      'invalid_input',
    ],
    ['a tag of 31 characters', { text: '글', tags: ['가'.repeat(31)] }, 'invalid_input'],
    ['a tag of nothing', { text: '글', tags: ['# #'] }, 'invalid_input'],
    ['a field it does not know', { text: '글', isPinned: true }, 'invalid_input'],
    ['somebody else’s or no image', { images: [{ mediaId: '1' }] }, 'media_not_found'],
  ])('refuses %s and leaves nothing behind', async (_what, body, code) => {
    const { author, careerId } = await signUpAuthor();
    const answer = await write(author, { careerId, ...body });
    expect(answer.body.code).toBe(code);
    expect(await app.sql('select 1 from posts where author_id = ?', author.userId)).toEqual([]);
    expect(await app.sql('select 1 from post_tags where author_id = ?', author.userId)).toEqual([]);
  });

  it('takes 5,000 characters of the widest kind', async () => {
    const { author, careerId } = await signUpAuthor();
    const text = '👩‍🚀'.repeat(1666);
    const postId = await writePost(app, author, { careerId, text });
    expect((await read(author, postId)).body.text).toBe(text);
  });

  it('gives one tag one name, however it is typed', async () => {
    const { author, careerId } = await signUpAuthor();
    const typed = [
      '#공모전',
      'Figma',
      ' FIGMA ',
      '공 모 전',
      '\u1112\u1162\u110f\u1165\u1110\u1169\u11ab',
      'café',
      'cafe',
      'CAFÉ',
    ];
    const postId = await writePost(app, author, { careerId, text: '글', tags: typed });
    expect(await tagNames(postId)).toEqual(['공모전', 'figma', '해커톤', 'café', 'cafe']);
    const again = await writePost(app, author, { careerId, text: '글', tags: ['cafe', '#해커톤'] });
    expect(await tagNames(again)).toEqual(['cafe', '해커톤']);
    const [row] = await app.sql<{ n: string }>(
      `select count(*) as n from tags where name in ('cafe', '해커톤')`,
    );
    expect(row!.n).toBe('2');
    const [hackathon] = await app.sql<{ choseong: string }>(
      `select choseong from tags where name = '해커톤'`,
    );
    expect(hackathon!.choseong).toBe('ㅎㅋㅌ');
  });

  it('lets many bring the same new tags at once', async () => {
    const authors = await Promise.all(Array.from({ length: 6 }, () => signUpAuthor()));
    const tags = ['동시1', '동시2', '동시3'];
    const answers = await Promise.all(
      authors.map(({ author, careerId }, index) =>
        write(author, { careerId, text: '글', tags: index % 2 ? tags : tags.toReversed() }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(authors.map(() => 201));
    for (const [index, answer] of answers.entries()) {
      expect(await tagNames(answer.body.id)).toEqual(index % 2 ? tags : tags.toReversed());
    }
  });

  it('takes tags that everybody uses from 16 people at once, none in the way of another', async () => {
    const authors = await Promise.all(Array.from({ length: 16 }, () => signUpAuthor()));
    const popular = ['인기하나', '인기둘', '인기셋'];
    const [first] = authors;
    await write(first!.author, { careerId: first!.careerId, text: '먼저', tags: popular });
    const before = app.logs.length;
    const answers = await Promise.all(
      authors.map(({ author, careerId }) => write(author, { careerId, text: '함께', tags: popular })),
    );
    // A deadlock is tried again and would go unseen but for this line.
    expect(app.logs.slice(before).filter((line) => line.includes('transaction tried again'))).toEqual([]);
    expect(answers.map(({ status }) => status)).toEqual(authors.map(() => 201));
    for (const { body } of answers) expect(await tagNames(body.id)).toEqual(popular);
  });

  it('happens in careers of my own alone', async () => {
    const [{ careerId }, stranger] = [await signUpAuthor(), await signUpPerson(app)];
    expect((await write(stranger, { careerId, text: '글' })).body.code).toBe('career_not_yours');
    expect((await write(stranger, { careerId: '77', text: '글' })).body.code).toBe('career_not_found');
  });

  it('happens once however often the request is sent', async () => {
    const { author, careerId } = await signUpAuthor();
    const headers = { 'idempotency-key': 'post-1' };
    const body = { careerId, text: '한 번만', tags: ['한번'] };
    const answers = await Promise.all([1, 2, 3, 4].map(() => write(author, body, headers)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(await app.sql('select 1 from posts where author_id = ?', author.userId)).toHaveLength(1);
    const other = await write(author, { ...body, text: '다른 글' }, headers);
    expect(other.body.code).toBe('idempotency_key_reused');
    const someoneElse = await signUpAuthor();
    const theirs = await write(someoneElse.author, { ...body, careerId: someoneElse.careerId }, headers);
    expect(theirs.status).toBe(201);
  });

  it('under the key of another post is refused, whatever differs; the same content is the same post, edited or not', async () => {
    const { author, careerId } = await signUpAuthor();
    const otherCareer = await makeCareer(app, author);
    const headers = { 'idempotency-key': 'everything' };
    const [first, second] = [await upload(author), await upload(author)];
    const fileId = await upload(author, 'file');
    const body = {
      careerId,
      text: '글',
      images: [{ mediaId: first, altText: '하나' }, { mediaId: second }],
      files: [{ mediaId: fileId }],
      tags: ['한번', '두번'],
    };
    const made = await write(author, body, headers);
    expect(made.status).toBe(201);
    const others: Partial<NewTestPost>[] = [
      { careerId: otherCareer },
      { text: '다른 글' },
      { images: body.images.toReversed() },
      { images: body.images.slice(0, 1) },
      { images: [{ mediaId: first, altText: '둘' }, { mediaId: second }] },
      { files: [] },
      { tags: ['두번', '한번'] },
      { tags: ['한번'] },
      { images: [], links: ['https://example.com/'] },
    ];
    for (const other of others) {
      const answer = await write(author, { ...body, ...other }, headers);
      expect(answer.body.code, JSON.stringify(other)).toBe('idempotency_key_reused');
    }
    const changes = { text: '고친 글', tags: [] };
    expect((await call(author, 'PATCH', `/v1/posts/${made.body.id}`, { body: changes })).status).toBe(204);
    // The same in another order of keys, with what the schema takes away or adds.
    const again = {
      tags: ['#한번', '두번', '한번'],
      links: [],
      files: body.files,
      images: [
        { altText: ' 하나 ', mediaId: first },
        { mediaId: second, altText: '' },
      ],
      text: ' 글 ',
      careerId,
    };
    const repeated = await write(author, again, headers);
    expect(repeated.status).toBe(201);
    expect(repeated.body).toEqual(made.body);
    expect(await app.sql('select 1 from posts where author_id = ?', author.userId)).toHaveLength(1);
  });

  it('that has been deleted meanwhile is neither answered as if it lived nor written anew', async () => {
    const { author, careerId } = await signUpAuthor();
    const headers = { 'idempotency-key': 'deleted' };
    const body = { careerId, text: '지울 글' };
    const made = await write(author, body, headers);
    expect((await call(author, 'DELETE', `/v1/posts/${made.body.id}`)).status).toBe(204);
    const again = await write(author, body, headers);
    expect([again.status, again.body.code]).toEqual([404, 'post_not_found']);
    const other = await write(author, { ...body, text: '다른 글' }, headers);
    expect(other.body.code).toBe('idempotency_key_reused');
    expect(await app.sql('select 1 from posts where author_id = ?', author.userId)).toHaveLength(1);
  });

  it('claims an image for one post only', async () => {
    const { author, careerId } = await signUpAuthor();
    const mediaId = await upload(author);
    const bodies = [1, 2].map(() => write(author, { careerId, images: [{ mediaId }] }));
    const codes = (await Promise.all(bodies)).map(({ status }) => status).toSorted();
    expect(codes).toEqual([201, 422]);
    const twice = await upload(author);
    const answer = await write(author, { careerId, images: [{ mediaId: twice }, { mediaId: twice }] });
    expect(answer.body.code).toBe('media_not_found');
  });

  it('survives its career being deleted at the same moment: no post outlives it', async () => {
    const { author, careerId } = await signUpAuthor();
    const writes = [1, 2, 3, 4].map(() => write(author, { careerId, text: '글' }));
    await Promise.all([...writes, call(author, 'DELETE', `/v1/careers/${careerId}`)]);
    await app.settle();
    expect(await app.sql('select 1 from posts where career_id = ? and deleted_at is null', careerId)).toEqual(
      [],
    );
  });
});

describe('editing a post', () => {
  it('changes what is named and nothing else', async () => {
    const { author, careerId } = await signUpAuthor();
    const [first, second] = [await upload(author), await upload(author)];
    const postId = await writePost(app, author, {
      careerId,
      text: '처음',
      images: [
        { mediaId: first, altText: '하나' },
        { mediaId: second, altText: '둘' },
      ],
      tags: ['가', '나'],
    });
    expect((await read(author, postId)).body.editedAt).toBeNull();
    app.clock.advance(60_000);
    const path = `/v1/posts/${postId}`;
    const edits = [
      { tags: ['나', '다'] },
      { altTexts: [{ mediaId: second, altText: '바뀐 둘' }] },
      { text: '나중' },
    ];
    for (const body of edits) expect((await call(author, 'PATCH', path, { body })).status).toBe(204);
    const { body } = await read(author, postId);
    expect(body).toMatchObject({
      text: '나중',
      editedAt: app.clock.now().toISOString(),
      images: [{ altText: '하나' }, { altText: '바뀐 둘' }],
      tags: [{ name: '나' }, { name: '다' }],
    });
    expect((await call(author, 'PATCH', path, { body: { text: '', tags: [] } })).status).toBe(204);
    expect((await read(author, postId)).body).toMatchObject({ text: '', tags: [] });
  });

  it('is refused to others, without content, and for images of elsewhere', async () => {
    const { author, careerId } = await signUpAuthor();
    const stranger = await signUpPerson(app);
    const postId = await writePost(app, author, { careerId });
    const path = `/v1/posts/${postId}`;
    expect((await call(stranger, 'PATCH', path, { body: { text: '글' } })).body.code).toBe('forbidden');
    for (const text of ['', '\u3164'])
      expect((await call(author, 'PATCH', path, { body: { text } })).body.code).toBe('post_empty');
    expect((await call(author, 'PATCH', path, { body: {} })).body.code).toBe('invalid_input');
    const elsewhere = { altTexts: [{ mediaId: await upload(author), altText: '글' }] };
    expect((await call(author, 'PATCH', path, { body: elsewhere })).body.code).toBe('media_not_found');
    await block(author, stranger);
    expect((await call(stranger, 'PATCH', path, { body: { text: '글' } })).body.code).toBe('post_not_found');
  });
});

describe('deleting a post', () => {
  it('takes it out of every list and count, and its media out of reach', async () => {
    const { author, careerId } = await signUpAuthor();
    const mediaId = await upload(author);
    const kept = await writePost(app, author, { careerId });
    const postId = await writePost(app, author, { careerId, images: [{ mediaId }] });
    const stranger = await signUpPerson(app);
    expect((await call(stranger, 'DELETE', `/v1/posts/${postId}`)).body.code).toBe('forbidden');
    expect((await call(author, 'DELETE', `/v1/posts/${postId}`)).status).toBe(204);
    expect((await call(author, 'DELETE', `/v1/posts/${postId}`)).body.code).toBe('post_not_found');
    expect((await read(author, postId)).body.code).toBe('post_not_found');
    for (const list of [`/v1/users/${author.userId}/posts`, `/v1/careers/${careerId}/posts`]) {
      const page = await call(stranger, 'GET', list);
      expect(page.body.items.map(({ id }: { id: string }) => id)).toEqual([kept]);
    }
    const career = await call(author, 'GET', `/v1/careers/${careerId}`);
    expect(career.body).toMatchObject({ postCount: 1, coverUrl: null });
    expect(await app.sql('select state from media where id = ?', mediaId)).toEqual([{ state: 'released' }]);
  });
});

describe('cards', () => {
  it('show comments, and what the viewer liked and bookmarked', async () => {
    const { author, careerId } = await signUpAuthor();
    const [viewer, hidden, friend] = await signUpMany(3);
    const postId = await writePost(app, author, { careerId });
    const comment = (id: number, who: TestPerson, parentId = '0', isDeleted = false) =>
      app.sql(
        `insert into comments (id, post_id, author_id, post_author_id, parent_id, text, day, created_at, deleted_at)
         values (?, ?, ?, ?, ?, ?, '2026-11-24', '2026-11-24', ?)`,
        id,
        postId,
        who.userId,
        author.userId,
        parentId,
        `댓글 ${id}`,
        isDeleted ? '2026-11-24' : null,
      );
    await comment(501, friend!, '0', true);
    await comment(502, hidden!);
    await comment(503, friend!);
    await comment(504, author, '503');
    await comment(505, viewer!);
    await comment(506, friend!);
    await block(hidden!, viewer!);
    const like = (kind: number, target: string, id: number) =>
      app.sql(
        `insert into likes (target_kind, target_id, user_id, id, author_id, day) values (?, ?, ?, ?, ?, '2026-11-24')`,
        kind,
        target,
        viewer!.userId,
        id,
        author.userId,
      );
    await like(1, postId, 1);
    await like(2, '505', 2);
    await app.sql(
      `insert into bookmarks (user_id, post_id, id, author_id, day) values (?, ?, 1, ?, '2026-11-24')`,
      viewer!.userId,
      postId,
      author.userId,
    );
    const { body } = await read(viewer!, postId);
    expect(body).toMatchObject({ isLiked: true, isBookmarked: true, isMine: false });
    expect(body.firstComments).toMatchObject([
      { id: '503', author: { id: friend!.userId, name: friend!.name }, isLiked: false },
      { id: '505', author: { relation: 'self' }, isLiked: true },
    ]);
    const theirs = await read(author, postId);
    expect(theirs.body).toMatchObject({ isLiked: false, isBookmarked: false, isMine: true });
    expect(theirs.body.firstComments).toMatchObject([{ id: '502' }, { id: '503' }]);
  });

  it('cost the same whatever the page holds', async () => {
    const { author, careerId } = await signUpAuthor();
    for (let index = 0; index < 12; index += 1) {
      const images = [{ mediaId: await upload(author) }];
      await writePost(app, author, { careerId, images, tags: [`많은${index}`] });
    }
    const viewer = await signUpPerson(app);
    for (const path of [`/v1/users/${author.userId}/posts`, `/v1/careers/${careerId}/posts`]) {
      const costs = [];
      for (const limit of [1, 12]) {
        const page = await call(viewer, 'GET', `${path}?limit=${limit}`);
        expect(page.body.items).toHaveLength(limit);
        costs.push({ statements: page.cost.statements, trips: page.cost.sequentialRoundTrips });
      }
      // The first page of this viewer reads the session from MySQL, the second from Redis.
      expect(costs[1]!.statements).toBeLessThanOrEqual(7);
      expect(costs[0]!.statements).toBeLessThanOrEqual(8);
      for (const { trips } of costs.slice(1)) expect(trips).toBeLessThanOrEqual(3);
    }
  });
});

describe('lists of posts', () => {
  it('page newest first, of a person, of a career, and of one member', async () => {
    const [manager, jiwoo, viewer] = await signUpMany(3);
    const careerId = await makeCareer(app, manager!, { kind: 'group' });
    await app.sql(
      `insert into career_members (career_id, user_id, state, position, created_at) values (?, ?, 'active', 0, '2026-11-24')`,
      careerId,
      jiwoo!.userId,
    );
    const written: { id: string; by: string }[] = [];
    for (let index = 0; index < 7; index += 1) {
      const author = index % 3 === 0 ? jiwoo! : manager!;
      written.unshift({ id: await writePost(app, author, { careerId }), by: author.userId });
    }
    const readAll = async (path: string) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const query: string = `limit=2${cursor ? `&cursor=${cursor}` : ''}`;
        const page = await call(viewer!, 'GET', `${path}${path.includes('?') ? '&' : '?'}${query}`);
        expect(page.status).toBe(200);
        seen.push(...page.body.items.map(({ id }: { id: string }) => id));
        cursor = page.body.nextCursor;
      } while (cursor);
      return seen;
    };
    const ofJiwoo = written.filter(({ by }) => by === jiwoo!.userId).map(({ id }) => id);
    expect(await readAll(`/v1/careers/${careerId}/posts`)).toEqual(written.map(({ id }) => id));
    expect(await readAll(`/v1/users/${jiwoo!.userId}/posts`)).toEqual(ofJiwoo);
    expect(await readAll(`/v1/careers/${careerId}/posts?authorId=${jiwoo!.userId}`)).toEqual(ofJiwoo);
    await block(jiwoo!, viewer!);
    const rest = written.filter(({ by }) => by !== jiwoo!.userId).map(({ id }) => id);
    expect(await readAll(`/v1/careers/${careerId}/posts`)).toEqual(rest);
    expect((await call(viewer!, 'GET', `/v1/users/${jiwoo!.userId}/posts`)).body.code).toBe('not_found');
    expect((await read(viewer!, ofJiwoo[0]!)).body.code).toBe('post_not_found');
  });

  it('take only cursors of their own', async () => {
    const { author, careerId } = await signUpAuthor();
    for (let index = 0; index < 3; index += 1) await writePost(app, author, { careerId });
    const page = await call(author, 'GET', `/v1/users/${author.userId}/posts?limit=1`);
    const foreign = `/v1/careers/${careerId}/posts?cursor=${page.body.nextCursor}`;
    expect((await call(author, 'GET', foreign)).body.code).toBe('invalid_cursor');
    expect((await call(author, 'GET', '/v1/careers/77/posts')).body.code).toBe('career_not_found');
  });

  it('leave out people who left or were suspended', async () => {
    const { author, careerId } = await signUpAuthor();
    const viewer = await signUpPerson(app);
    const postId = await writePost(app, author, { careerId });
    for (const column of ['left_at', 'suspended_at']) {
      await app.sql(`update users set ${column} = '2026-11-24' where id = ?`, author.userId);
      expect((await read(viewer, postId)).body.code).toBe('post_not_found');
      expect((await call(viewer, 'GET', `/v1/users/${author.userId}/posts`)).status).toBe(404);
      await app.sql(`update users set ${column} = null where id = ?`, author.userId);
    }
    expect((await read(viewer, postId)).status).toBe(200);
  });
});

describe('views', () => {
  it('count once a viewer a post a Korean day, never my own', async () => {
    const { author, careerId } = await signUpAuthor();
    const [viewer, other, blocked] = await signUpMany(3);
    const postIds = [await writePost(app, author, { careerId }), await writePost(app, author, { careerId })];
    await block(author, blocked!);
    const see = async (who: TestPerson, ids: string[]) => {
      const answer = await call(who, 'POST', '/v1/posts/seen', { body: { postIds: ids } });
      expect(answer.status).toBe(204);
    };
    const count = async (postId: string): Promise<number> => (await read(author, postId)).body.viewCount;
    for (const _again of [1, 2, 3]) await see(viewer!, [...postIds, postIds[0]!, '77']);
    await see(author, postIds);
    await see(blocked!, postIds);
    expect(await count(postIds[0]!)).toBe(1);
    await see(other!, [postIds[0]!]);
    expect(await count(postIds[0]!)).toBe(2);
    expect(await count(postIds[1]!)).toBe(1);
    // 23:30 and 00:30 in Seoul are two days.
    app.clock.set('2026-11-25T14:30:00.000Z');
    await see(viewer!, [postIds[0]!]);
    app.clock.set('2026-11-25T15:30:00.000Z');
    await see(viewer!, [postIds[0]!]);
    expect(await count(postIds[0]!)).toBe(4);
  });

  it('of many at once come out exact', async () => {
    const { author, careerId } = await signUpAuthor();
    const postIds = [await writePost(app, author, { careerId }), await writePost(app, author, { careerId })];
    const viewers = await signUpMany(20);
    const answers = await Promise.all(
      [...viewers, ...viewers].map((viewer, index) =>
        app.request('POST', '/v1/posts/seen', {
          token: viewer.token,
          body: { postIds: index % 2 ? postIds : postIds.toReversed() },
          settle: false,
        }),
      ),
    );
    await app.settle();
    expect(answers.every(({ status }) => status === 204)).toBe(true);
    const rows = await app.sql('select view_count from posts where id in (?, ?)', ...postIds);
    expect(rows).toEqual([{ view_count: 20 }, { view_count: 20 }]);
  });

  it('are told of 50 posts at most', async () => {
    const viewer = await signUpPerson(app);
    const postIds = Array.from({ length: 51 }, (_, index) => String(index + 1));
    const answer = await call(viewer, 'POST', '/v1/posts/seen', { body: { postIds } });
    expect(answer.body.code).toBe('invalid_input');
  });
});

describe('counts', () => {
  it('of posts written and deleted at once come out exact', async () => {
    const { author, careerId } = await signUpAuthor();
    const other = await makeCareer(app, author);
    const postIds: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      postIds.push(await writePost(app, author, { careerId: index % 2 ? careerId : other }));
    }
    await Promise.all([
      ...postIds.slice(0, 3).map((postId) => call(author, 'DELETE', `/v1/posts/${postId}`)),
      ...[1, 2, 3, 4].map(() => write(author, { careerId, text: '글' })),
    ]);
    await app.settle();
    const [user] = await app.sql<{ n: number }>(
      'select post_count as n from users where id = ?',
      author.userId,
    );
    expect(user!.n).toBe(7);
    const list = await call(author, 'GET', `/v1/users/${author.userId}/careers`);
    const counts = list.body.items.map(({ id, postCount, ownPostCount }: Record<string, unknown>) => [
      id,
      postCount,
      ownPostCount,
    ]);
    expect(counts).toEqual([
      [careerId, 6, 6],
      [other, 1, 1],
    ]);
  });
});
