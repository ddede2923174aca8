import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type Answer, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { profileExportSteps } from './retention.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await app.request('GET', '/v1/schools?q=a');
});

function read(viewer: TestPerson, person: TestPerson): Promise<Answer> {
  return app.request('GET', `/v1/users/${person.userId}`, { token: viewer.token });
}

function edit(person: TestPerson, body: object): Promise<Answer> {
  return app.request('PATCH', '/v1/me', { token: person.token, body });
}

async function put(person: TestPerson, path: string): Promise<void> {
  expect((await app.request('PUT', path, { token: person.token })).status).toBe(204);
}

async function create(person: TestPerson, path: string, body: object): Promise<AnyJson> {
  const answer = await app.request('POST', path, { token: person.token, body });
  expect(answer.status).toBe(201);
  return answer.body;
}

async function signUpMany(count: number): Promise<TestPerson[]> {
  return Promise.all(Array.from({ length: count }, () => signUpPerson(app)));
}

async function uploadAvatar(owner: TestPerson, mediaId: string): Promise<string> {
  const key = `key-${mediaId}`;
  await app.sql(
    `insert into media (id, owner_id, kind, object_key, content_type, size, state, created_at)
     values (?, ?, 'avatar', ?, 'image/webp', 100, 'pending', ?)`,
    mediaId,
    owner.userId,
    key,
    app.clock.now().toISOString().slice(0, 23),
  );
  return key;
}

async function mediaStates(owner: TestPerson): Promise<Record<string, string>> {
  const rows = await app.sql<{ key: string; state: string }>(
    'select object_key as `key`, state from media where owner_id = ?',
    owner.userId,
  );
  return Object.fromEntries(rows.map(({ key, state }) => [key, state]));
}

describe('a profile', () => {
  it('shows who somebody is, with careers in their order, their shares and the top tags', async () => {
    const owner = await signUpPerson(app, { name: '박지우', departmentId: 2, admissionYear: 2023 });
    const viewer = await signUpPerson(app);
    const club = await create(owner, '/v1/careers', { name: '동아리', kind: 'personal' });
    const study = await create(owner, '/v1/careers', { name: '스터디', kind: 'group' });
    const write = (careerId: string, tags: string[]) =>
      create(owner, '/v1/posts', { careerId, text: '오늘의 기록', tags });
    await write(club.id, ['해커톤', '디자인']);
    await write(club.id, ['해커톤']);
    await write(study.id, ['해커톤', '디자인', '공모전']);
    await put(viewer, `/v1/users/${owner.userId}/follow`);

    const answer = await read(viewer, owner);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id: owner.userId,
      kind: 'student',
      name: '박지우',
      avatarUrl: null,
      introduction: '',
      links: { instagram: null, github: null, naverBlog: null, notion: null, youtube: null },
      school: { id: 1, logoUrl: null },
      department: { id: 2 },
      admissionYear: 2023,
      followerCount: 1,
      followingCount: 0,
      postCount: 3,
      relation: 'following',
      isMe: false,
      isBlocked: false,
    });
    expect(answer.body).not.toHaveProperty('isHiddenFromRankings');
    expect(answer.body.topTags.map(({ name, count }: AnyJson) => [name, count])).toEqual([
      ['해커톤', 3],
      ['디자인', 2],
      ['공모전', 1],
    ]);
    expect(
      Object.fromEntries(answer.body.careers.map((career: AnyJson) => [career.name, career.sharePercent])),
    ).toEqual({ 동아리: 67, 스터디: 33 });
    const listed = await app.request('GET', `/v1/users/${owner.userId}/careers`, { token: viewer.token });
    expect(answer.body.careers).toEqual(listed.body.items);
  });

  it('counts the tags of posts that are still there', async () => {
    const owner = await signUpPerson(app);
    const career = await create(owner, '/v1/careers', { name: '기록', kind: 'personal' });
    const post = await create(owner, '/v1/posts', {
      careerId: career.id,
      text: '하나',
      tags: ['봉사', '여행'],
    });
    await create(owner, '/v1/posts', { careerId: career.id, text: '둘', tags: ['봉사'] });
    await app.request('DELETE', `/v1/posts/${post.id}`, { token: owner.token });
    expect((await read(owner, owner)).body).toMatchObject({
      postCount: 1,
      topTags: [{ name: '봉사', count: 1 }],
      careers: [{ sharePercent: 100 }],
    });
    expect((await read(owner, owner)).body.topTags).toHaveLength(1);
  });

  it('stays within 4 round trips and 12 statements, even without Redis', async () => {
    const [owner, viewer] = (await signUpMany(2)) as [TestPerson, TestPerson];
    const first = await read(viewer, owner);
    const second = await read(viewer, owner);
    // The first reads the session from MySQL as well.
    expect(first.cost.sequentialRoundTrips).toBeLessThanOrEqual(4);
    expect(second.cost.sequentialRoundTrips).toBeLessThanOrEqual(2);
    expect(second.cost.statements).toBeLessThanOrEqual(12);
    expect(second.cost.redisCommands).toBeLessThanOrEqual(3);
  });

  it('tells the relation from the viewer’s side', async () => {
    const [minsu, jiwoo] = (await signUpMany(2)) as [TestPerson, TestPerson];
    expect((await read(minsu, jiwoo)).body.relation).toBe('none');
    await put(jiwoo, `/v1/users/${minsu.userId}/follow`);
    expect((await read(minsu, jiwoo)).body.relation).toBe('follower');
    await put(minsu, `/v1/users/${jiwoo.userId}/follow`);
    expect((await read(minsu, jiwoo)).body.relation).toBe('mutual');
    expect((await read(minsu, minsu)).body).toMatchObject({ relation: 'self', isMe: true });
  });

  it('does not exist for whom its owner blocked; its owner sees it bare and can lift the block', async () => {
    const [minsu, jiwoo] = (await signUpMany(2)) as [TestPerson, TestPerson];
    const career = await create(jiwoo, '/v1/careers', { name: '인턴', kind: 'personal' });
    await create(jiwoo, '/v1/posts', { careerId: career.id, text: '첫 출근', tags: ['인턴'] });
    await put(minsu, `/v1/users/${jiwoo.userId}/block`);
    const hidden = await read(jiwoo, minsu);
    expect(hidden.status).toBe(404);
    const absent = await read(jiwoo, { ...minsu, userId: '77' });
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    expect((await read(minsu, jiwoo)).body).toMatchObject({ isBlocked: true, careers: [], topTags: [] });
    await app.request('DELETE', `/v1/users/${jiwoo.userId}/block`, { token: minsu.token });
    expect((await read(jiwoo, minsu)).status).toBe(200);
    expect((await read(minsu, jiwoo)).body).toMatchObject({
      isBlocked: false,
      careers: [{ id: career.id }],
      topTags: [{ name: '인턴', count: 1 }],
    });
  });

  it('does not exist once its owner has left or is suspended', async () => {
    const [viewer, left, suspended] = (await signUpMany(3)) as [TestPerson, TestPerson, TestPerson];
    await app.sql('update users set left_at = ? where id = ?', '2026-11-24 02:00:00', left.userId);
    await app.sql('update users set suspended_at = ? where id = ?', '2026-11-24 02:00:00', suspended.userId);
    expect((await read(viewer, left)).status).toBe(404);
    expect((await read(viewer, suspended)).status).toBe(404);
  });
});

describe('my profile', () => {
  it('changes what is sent and nothing else', async () => {
    const me = await signUpPerson(app, { name: '이소라' });
    const mine = async () => (await app.request('GET', '/v1/me', { token: me.token })).body;
    expect(await mine()).toMatchObject({ isMe: true, name: '이소라', isHiddenFromRankings: false });
    await edit(me, {
      introduction: '  만드는 사람 ',
      links: {
        instagram: 'Sora.Lee_1',
        github: 'Sora-Lee',
        notion: 'https://sora.notion.site/me#top',
      },
    });
    expect(await mine()).toMatchObject({
      name: '이소라',
      introduction: '만드는 사람',
      links: {
        instagram: 'sora.lee_1',
        github: 'Sora-Lee',
        naverBlog: null,
        notion: 'https://sora.notion.site/me#top',
        youtube: null,
      },
    });
    await edit(me, { links: { instagram: null, naverBlog: 'SORA_blog' }, isHiddenFromRankings: true });
    await edit(me, { name: '이소라아' });
    expect((await edit(me, {})).status).toBe(204);
    expect(await mine()).toMatchObject({
      name: '이소라아',
      introduction: '만드는 사람',
      isHiddenFromRankings: true,
      links: { instagram: null, github: 'Sora-Lee', naverBlog: 'sora_blog' },
    });
    for (const empty of ['', '\u3164 \u2800']) {
      await edit(me, { introduction: '만드는 사람' });
      await edit(me, { introduction: empty });
      expect((await mine()).introduction).toBe('');
    }
  });

  it('keeps both of two edits made at once', async () => {
    const me = await signUpPerson(app);
    await Promise.all([
      edit(me, { links: { github: 'one' } }),
      edit(me, { links: { naverBlog: 'two_two' } }),
      edit(me, { introduction: 'three' }),
    ]);
    expect((await app.request('GET', '/v1/me', { token: me.token })).body).toMatchObject({
      introduction: 'three',
      links: { github: 'one', naverBlog: 'two_two' },
    });
  });

  it.each([
    ['name', { name: '' }],
    ['name', { name: '가'.repeat(51) }],
    ['introduction', { introduction: '가'.repeat(101) }],
    ['introduction', { introduction: '두\n줄' }],
    ['name', { name: null }],
    ['schoolId', { schoolId: 2 }],
    ['links.twitter', { links: { twitter: 'x' } }],
    ['links.instagram', { links: { instagram: '.sora' } }],
    ['links.instagram', { links: { instagram: 'so..ra' } }],
    ['links.instagram', { links: { instagram: 'sora.' } }],
    ['links.instagram', { links: { instagram: 'https://instagram.com/sora' } }],
    ['links.instagram', { links: { instagram: 'a'.repeat(31) } }],
    ['links.github', { links: { github: '-sora' } }],
    ['links.github', { links: { github: 'so--ra' } }],
    ['links.github', { links: { github: 'so_ra_x' } }],
    ['links.github', { links: { github: 'a'.repeat(40) } }],
    ['links.naverBlog', { links: { naverBlog: 'so ra' } }],
    ['links.naverBlog', { links: { naverBlog: '소라블로그' } }],
    ['links.notion', { links: { notion: 'http://sora.notion.site/me' } }],
    ['links.notion', { links: { notion: 'https://notion.site.example.com/me' } }],
    ['links.notion', { links: { notion: 'https://evilnotion.so/me' } }],
    ['links.notion', { links: { notion: 'https://a:b@sora.notion.site/me' } }],
    ['links.notion', { links: { notion: 'https://sora.notion.site:8443/me' } }],
    ['links.youtube', { links: { youtube: 'javascript:alert(1)' } }],
    ['links.youtube', { links: { youtube: 'https://youtube.com.evil.example/@a' } }],
    ['links.youtube', { links: { youtube: `https://youtu.be/${'a'.repeat(300)}` } }],
  ])('refuses %s: %j', async (field, body) => {
    const me = await signUpPerson(app);
    const answer = await edit(me, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: AnyJson) => error.field)).toContain(`body.${field}`);
  });

  it.each([
    ['instagram', 'a'],
    ['github', 'old-name-'],
    ['github', 'minsu_corp'],
    ['naverBlog', 'abc'],
    ['notion', 'https://www.notion.so/minsu/page-1234?pvs=4'],
    ['notion', 'https://app.notion.com/p/1'],
    ['youtube', 'https://www.youtube.com/@minsu'],
    ['youtube', 'https://youtu.be/abc'],
  ])('takes %s %s', async (service, value) => {
    const me = await signUpPerson(app);
    expect((await edit(me, { links: { [service]: value } })).status).toBe(204);
    const mine = await app.request('GET', '/v1/me', { token: me.token });
    expect(mine.body.links[service]).toBe(value);
  });
});

describe('my data', () => {
  it('holds what my profile says', async () => {
    const me = await signUpPerson(app, { name: '최하늘', admissionYear: 2022 });
    await edit(me, { introduction: '안녕하세요', links: { github: 'haneul' } });
    const [step] = profileExportSteps;
    const { rows } = await app.asSystem((ctx) => step!.read(ctx, me.userId, undefined));
    expect(rows).toMatchObject([
      { name: '최하늘', admissionYear: 2022, introduction: '안녕하세요', links: { github: 'haneul' } },
    ]);
  });
});

describe('my picture', () => {
  const setAvatar = (person: TestPerson, mediaId: string | null) =>
    app.request('PUT', '/v1/me/avatar', { token: person.token, body: { mediaId } });

  it('is the one uploaded last, then the default; what it replaced goes', async () => {
    const [me, viewer] = (await signUpMany(2)) as [TestPerson, TestPerson];
    const first = await uploadAvatar(me, '9001');
    const second = await uploadAvatar(me, '9002');
    expect((await setAvatar(me, '9001')).status).toBe(204);
    expect((await read(viewer, me)).body.avatarUrl).toBe(`http://127.0.0.1:8787/media/${first}`);
    expect(await mediaStates(me)).toEqual({ [first]: 'claimed', [second]: 'pending' });
    await setAvatar(me, '9002');
    expect((await read(viewer, me)).body.avatarUrl).toBe(`http://127.0.0.1:8787/media/${second}`);
    expect(await mediaStates(me)).toEqual({ [first]: 'released', [second]: 'claimed' });
    await edit(me, { introduction: '사진은 그대로' });
    expect(await mediaStates(me)).toEqual({ [first]: 'released', [second]: 'claimed' });
    expect((await setAvatar(me, null)).status).toBe(204);
    expect((await read(viewer, me)).body.avatarUrl).toBeNull();
    expect(await mediaStates(me)).toEqual({ [first]: 'released', [second]: 'released' });
  });

  it('cannot be somebody else’s, nor one used before', async () => {
    const [me, other] = (await signUpMany(2)) as [TestPerson, TestPerson];
    await uploadAvatar(other, '9101');
    await uploadAvatar(me, '9102');
    expect((await setAvatar(me, '9101')).body.code).toBe('media_not_found');
    await setAvatar(me, '9102');
    await setAvatar(me, null);
    expect((await setAvatar(me, '9102')).body.code).toBe('media_not_found');
    expect((await setAvatar(me, '123456')).body.code).toBe('media_not_found');
    expect((await app.request('GET', '/v1/me', { token: me.token })).body.avatarUrl).toBeNull();
  });
});
