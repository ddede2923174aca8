import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type Answer, type RequestOptions, type TestApp } from '../../../test/harness/app.ts';
import { makeGif, makeHeic, makeJpeg, makePng, makeWebp, SECRET } from '../../../test/harness/images.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import {
  claimAvatar,
  claimForPost,
  mediaExportSteps,
  mediaPurgeSteps,
  mediaSweeps,
  releaseByKeys,
  releaseMediaOfPosts,
} from './index.ts';

const MEBIBYTE = 1024 * 1024;

let app: TestApp;
let minsu: TestPerson;
let jiwoo: TestPerson;
let posts = 0;

beforeAll(async () => {
  app = await startTestApp();
  minsu = await signUpPerson(app);
  jiwoo = await signUpPerson(app);
});

function upload(
  path: string,
  bytes: Buffer,
  { headers, ...options }: RequestOptions & { token: string },
): Promise<Answer> {
  return app.request('POST', path, {
    rawBody: bytes as unknown as BodyInit,
    ...options,
    headers: { 'content-type': 'image/jpeg', 'content-length': String(bytes.length), ...headers },
  });
}

const uploadImage = (bytes: Buffer, token = minsu.token, query = '') =>
  upload(`/v1/media/images${query}`, bytes, { token });

const uploadFile = (bytes: Buffer, name = 'a.txt', token = minsu.token, headers = {}) =>
  upload(`/v1/media/files?name=${encodeURIComponent(name)}`, bytes, { token, headers });

/** The key of an upload; only the server knows it until something is claimed. */
async function keyOf(mediaId: string): Promise<string> {
  const [row] = await app.sql<{ key: string }>('select object_key as `key` from media where id = ?', mediaId);
  return row?.key ?? '';
}

function claim(ownerId: string, images: string[], fileIds: string[] = [], postId = String((posts += 1))) {
  return app.asSystem((ctx) =>
    inTransaction(ctx, (tx) =>
      claimForPost(ctx, tx, {
        ownerId,
        postId,
        images: images.map((mediaId) => ({ mediaId, altText: `그림 ${mediaId}` })),
        fileIds,
      }),
    ),
  );
}

/** An uploaded and claimed picture or file: its address. */
async function claimed(uploaded: Answer, ownerId = minsu.userId): Promise<string> {
  const isFile = uploaded.body.kind === 'file';
  await claim(ownerId, isFile ? [] : [uploaded.body.id], isFile ? [uploaded.body.id] : []);
  return `/media/${await keyOf(uploaded.body.id)}`;
}

/** What a night does. */
function sweep(): Promise<void> {
  return app.asSystem(async (ctx) => {
    for (const each of mediaSweeps) await each.run(ctx);
  });
}

/** What is stored at this moment: rows and objects. */
async function stored(): Promise<{ rows: number; objects: number }> {
  const [row] = await app.sql<{ rows: string }>('select count(*) as `rows` from media');
  return { rows: Number(row?.rows), objects: app.media.keys().length };
}

describe('an image', () => {
  it.each([
    ['image/jpeg', makeJpeg],
    ['image/png', makePng],
    ['image/webp', makeWebp],
    ['image/gif', makeGif],
  ] as const)('%s is stored without its metadata, by its content and with its size', async (type, make) => {
    const answer = await upload('/v1/media/images', make({ width: 40, height: 24, withSecrets: true }), {
      token: minsu.token,
      headers: { 'content-type': 'text/html' },
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ kind: 'image', contentType: type, width: 40, height: 24 });
    const kept = await (await app.media.get(await keyOf(answer.body.id)))?.arrayBuffer();
    expect(kept?.byteLength).toBe(answer.body.size);
    expect(Buffer.from(kept ?? new ArrayBuffer(0)).includes(SECRET)).toBe(false);
  });

  it.each([
    ['an SVG named .jpg', Buffer.from('<svg onload="alert(1)"/>'), 415, 'image_not_supported'],
    ['a page named .jpg', Buffer.from('<!doctype html><p>jpg'), 415, 'image_not_supported'],
    ['HEIC', makeHeic(), 415, 'image_heic'],
    ['nothing', Buffer.alloc(0), 422, 'upload_empty'],
    ['half a picture', makeJpeg().subarray(0, -40), 422, 'image_broken'],
    [
      '60 megapixels',
      makePng({ width: 10_000, height: 6000, isHeaderOnly: true }),
      422,
      'image_too_many_pixels',
    ],
    ['more than 10 MB', Buffer.concat([makeJpeg(), Buffer.alloc(10 * MEBIBYTE)]), 413, 'body_too_large'],
  ])('%s is refused and leaves nothing', async (_name, bytes, status, code) => {
    const before = await stored();
    const answer = await uploadImage(bytes);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await stored()).toEqual(before);
  });

  it('for a profile may have 5 MB and 25 megapixels', async () => {
    const tooLarge = Buffer.concat([makeJpeg(), Buffer.alloc(5 * MEBIBYTE)]);
    expect((await uploadImage(tooLarge, minsu.token, '?kind=avatar')).body.code).toBe('body_too_large');
    const tooWide = makePng({ width: 6000, height: 5000, isHeaderOnly: true });
    expect((await uploadImage(tooWide, minsu.token, '?kind=avatar')).body.code).toBe('image_too_many_pixels');
    expect((await uploadImage(tooWide)).status).toBe(201);
    expect((await uploadImage(makePng(), minsu.token, '?kind=avatar')).body.kind).toBe('avatar');
  });

  it('without a length is refused before it is read', async () => {
    const answer = await upload('/v1/media/images', makeJpeg(), {
      token: minsu.token,
      headers: { 'content-length': '' },
    });
    expect([answer.status, answer.body.code]).toEqual([411, 'length_required']);
  });

  it.each([1, -1])('whose length is off by %i leaves nothing', async (difference) => {
    const before = await stored();
    const bytes = makeJpeg();
    const answer = await upload('/v1/media/images', bytes, {
      token: minsu.token,
      headers: { 'content-length': String(bytes.length + difference) },
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'upload_cut_off']);
    expect(await stored()).toEqual(before);
  });

  it('takes few round trips, and many at once take turns', async () => {
    const { cost } = await uploadImage(makeJpeg());
    expect(cost).toMatchObject({ statements: 2, sequentialRoundTrips: 4 });
    const person = await signUpPerson(app);
    const answers = await Promise.all(Array.from({ length: 12 }, () => uploadImage(makePng(), person.token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  });

  it('that storage does not take leaves no row', async () => {
    const before = await stored();
    const { put } = app.media;
    app.media.put = async () => {
      throw new Error('R2 is away');
    };
    const answer = await uploadImage(makeJpeg());
    app.media.put = put;
    expect(answer.body.code).toBe('internal');
    expect(await stored()).toEqual(before);
  });
});

describe('a file', () => {
  it('of any type is stored as it is, under the name it was given', async () => {
    const bytes = Buffer.from('%PDF-1.7 포트폴리오');
    const answer = await uploadFile(bytes, '포트폴리오 (최종).pdf', minsu.token, {
      'content-type': 'application/pdf; charset=x',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      kind: 'file',
      contentType: 'application/pdf',
      size: bytes.length,
      width: null,
      fileName: '포트폴리오 (최종).pdf',
    });
  });

  it.each([
    ['31 MB', '/v1/media/files?name=a', Buffer.alloc(31 * MEBIBYTE), {}, 'body_too_large'],
    ['nothing', '/v1/media/files?name=a', Buffer.alloc(0), {}, 'upload_empty'],
    [
      'one without a length',
      '/v1/media/files?name=a',
      Buffer.from('a'),
      { 'content-length': '' },
      'length_required',
    ],
    ['one cut off', '/v1/media/files?name=a', Buffer.from('a'), { 'content-length': '9' }, 'upload_cut_off'],
    [
      'one that goes on',
      '/v1/media/files?name=a',
      Buffer.from('abc'),
      { 'content-length': '2' },
      'upload_cut_off',
    ],
    ['one without a name', '/v1/media/files', Buffer.from('a'), {}, 'invalid_input'],
    ['a path for a name', '/v1/media/files?name=..%2Fa', Buffer.from('a'), {}, 'invalid_input'],
    ['a name of 201', `/v1/media/files?name=${'a'.repeat(201)}`, Buffer.from('a'), {}, 'invalid_input'],
  ])('%s is refused and leaves nothing', async (_name, path, bytes, headers, code) => {
    const before = await stored();
    const answer = await upload(path, bytes, { token: minsu.token, headers });
    expect(answer.body.code).toBe(code);
    expect(answer.status).toBeLessThan(500);
    expect(await stored()).toEqual(before);
  });

  it('counts against 300 MB, exactly, however many come at once', async () => {
    const person = await signUpPerson(app);
    await app.sql(
      `insert into media (id, owner_id, kind, object_key, content_type, size, state, created_at)
       values (71, ?, 'file', 'full', 'a/b', ?, 'claimed', now()), (72, ?, 'file', 'gone', 'a/b', ?, 'released', now())`,
      person.userId,
      300 * MEBIBYTE - 35,
      person.userId,
      MEBIBYTE,
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => uploadFile(Buffer.alloc(10), 'a', person.token)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(answers.filter(({ body }) => body.code === 'storage_full')).toHaveLength(5);
  });
});

describe('uploads', () => {
  it('are counted: 100 an hour', async () => {
    const person = await signUpPerson(app);
    for (let count = 0; count < 100; count += 1) {
      expect((await uploadFile(Buffer.from('a'), 'a', person.token)).status).toBe(201);
    }
    const answer = await uploadImage(makeJpeg(), person.token);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3600']);
  });

  it('say so when Redis, which counts them, does not answer', async () => {
    await app.fault('upstash', { mode: 'status', status: 503 });
    const answer = await uploadImage(makeJpeg());
    await app.fault('upstash', undefined);
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
  });

  it('repeated under one Idempotency-Key are one', async () => {
    const headers = { 'idempotency-key': 'k1' };
    const bytes = makeJpeg();
    const send = (path: string, body: Buffer) => upload(path, body, { token: minsu.token, headers });
    const first = await send('/v1/media/images', bytes);
    const before = await stored();
    const second = await send('/v1/media/images', bytes);
    expect([second.status, second.body]).toEqual([201, first.body]);
    for (const other of [
      await send('/v1/media/images', makeJpeg({ width: 800 })),
      await send('/v1/media/images?kind=avatar', bytes),
      await send('/v1/media/files?name=a', bytes),
    ]) {
      expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    }
    expect(await stored()).toEqual(before);
  });

  it('that died in the middle make way for their repeat', async () => {
    await app.sql(
      `insert into media (id, owner_id, kind, object_key, content_type, size, state, client_key, sent_bytes, created_at)
       values (81, ?, 'file', 'half', 'a/b', 5, 'uploading', 'k2', 5, now())`,
      minsu.userId,
    );
    const again = await upload('/v1/media/files?name=a', Buffer.from('abcde'), {
      token: minsu.token,
      headers: { 'idempotency-key': 'k2' },
    });
    expect(again.status).toBe(201);
    expect(await app.sql('select state, client_key from media where id = 81')).toEqual([
      { state: 'released', client_key: null },
    ]);
  });

  it('under one Idempotency-Key at once are stored once', async () => {
    const headers = { 'idempotency-key': 'k3' };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        upload('/v1/media/images', makeJpeg(), { token: minsu.token, headers }),
      ),
    );
    const taken = answers.filter(({ status }) => status === 201);
    expect(new Set(taken.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.every(({ status, body }) => status === 201 || body.code === 'conflict')).toBe(true);
    expect(
      await app.sql(`select state from media where owner_id = ? and client_key = 'k3'`, minsu.userId),
    ).toEqual([{ state: 'pending' }]);
  });
});

describe('claiming', () => {
  it('gives a post its images and files in order', async () => {
    const uploads = [];
    for (let count = 0; count < 10; count += 1) uploads.push((await uploadImage(makePng())).body.id);
    const file = (await uploadFile(Buffer.from('a'))).body.id;
    uploads.reverse();
    await claim(minsu.userId, uploads, [file], '5001');
    const rows = await app.sql(
      'select position, media_id, kind, alt_text from post_media where post_id = 5001 order by position',
    );
    expect(rows).toEqual([
      ...uploads.map((id, position) => ({
        position,
        media_id: id,
        kind: 'image',
        alt_text: `그림 ${id}`,
      })),
      { position: 10, media_id: file, kind: 'file', alt_text: '' },
    ]);
  });

  it("refuses others' uploads, unknown ones, other kinds, repeats, claimed and old ones, and claims nothing then", async () => {
    const mine = (await uploadImage(makePng())).body.id;
    const theirs = (await uploadImage(makePng(), jiwoo.token)).body.id;
    const avatar = (await uploadImage(makePng(), minsu.token, '?kind=avatar')).body.id;
    const file = (await uploadFile(Buffer.from('a'))).body.id;
    for (const images of [
      [mine, theirs],
      [mine, '12345'],
      [mine, avatar],
      [mine, file],
      [mine, mine],
    ]) {
      await expect(claim(minsu.userId, images)).rejects.toThrow('media_not_found');
    }
    await expect(claim(minsu.userId, [mine], [mine])).rejects.toThrow('media_not_found');
    await claim(minsu.userId, [mine]);
    await expect(claim(minsu.userId, [mine])).rejects.toThrow('media_not_found');
    const old = (await uploadImage(makePng())).body.id;
    app.clock.advance(24 * 3600_000);
    await expect(claim(minsu.userId, [old])).rejects.toThrow('media_not_found');
  });

  it('by two posts at once gives it to one', async () => {
    const id = (await uploadImage(makePng())).body.id;
    const results = await Promise.allSettled([claim(minsu.userId, [id]), claim(minsu.userId, [id])]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('allows a post 30 MB of files', async () => {
    const ids = [];
    for (const size of [20, 9, 2]) {
      ids.push((await uploadFile(Buffer.alloc(size * MEBIBYTE), 'a', jiwoo.token)).body.id);
    }
    await expect(claim(jiwoo.userId, [], ids)).rejects.toThrow('post_files_too_large');
    await claim(jiwoo.userId, [], ids.slice(0, 2));
  });

  it('of a profile picture answers its key, once', async () => {
    const id = (await uploadImage(makePng(), minsu.token, '?kind=avatar')).body.id;
    const claimIt = (ownerId: string) =>
      app.asSystem((ctx) => inTransaction(ctx, (tx) => claimAvatar(ctx, tx, ownerId, id)));
    await expect(claimIt(jiwoo.userId)).rejects.toThrow('media_not_found');
    expect(await claimIt(minsu.userId)).toBe(await keyOf(id));
    await expect(claimIt(minsu.userId)).rejects.toThrow('media_not_found');
  });
});

describe('an address', () => {
  it('answers nothing until its upload is claimed', async () => {
    const { id } = (await uploadImage(makePng())).body;
    const path = `/media/${await keyOf(id)}`;
    expect((await app.request('GET', path)).status).toBe(404);
    await claim(minsu.userId, [id]);
    expect((await app.request('GET', path)).status).toBe(200);
  });

  it('of a picture shows it, with headers that let nothing in it run and devices keep it', async () => {
    const path = await claimed(await uploadImage(makePng({ width: 40, height: 24 })));
    const answer = await app.request('GET', path);
    expect(answer.bytes.equals(makePng({ width: 40, height: 24 }))).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline',
      'content-length': String(answer.bytes.length),
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'private, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
    });
    expect(answer.cost.statements).toBe(1);
    expect((await app.request('GET', path)).cost.statements).toBe(0);
    const head = await app.request('HEAD', path);
    expect([head.status, head.bytes.length, head.headers.get('content-length')]).toEqual([
      200,
      0,
      String(answer.bytes.length),
    ]);
  });

  it('of a file is a download of no type, whatever it holds', async () => {
    const page = Buffer.from('<script>alert(1)</script>');
    const uploaded = await uploadFile(page, '이력서 "최종".html', minsu.token, {
      'content-type': 'text/html',
    });
    const answer = await app.request('GET', await claimed(uploaded));
    expect(answer.bytes.equals(page)).toBe(true);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="___ ____.html"; filename*=UTF-8''${encodeURIComponent('이력서 "최종".html')}`,
    );
  });

  it('is known again by its tag', async () => {
    const path = await claimed(await uploadImage(makePng()));
    const etag = (await app.request('GET', path)).headers.get('etag') ?? '';
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await app.request('GET', path, { headers: { 'if-none-match': tags } });
      expect([answer.status, answer.bytes.length, answer.headers.get('etag')]).toEqual([304, 0, etag]);
    }
    expect((await app.request('GET', path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('answers parts', async () => {
    const path = await claimed(await uploadFile(Buffer.from('0123456789')));
    const etag = (await app.request('GET', path)).headers.get('etag') ?? '';
    const ask = async (range: string, more = {}) => {
      const answer = await app.request('GET', path, { headers: { range, ...more } });
      const { headers } = answer;
      return [answer.status, answer.status < 400 && answer.body, headers.get('content-range')];
    };
    expect(await ask('bytes=0-3')).toEqual([206, '0123', 'bytes 0-3/10']);
    expect(await ask('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await ask('bytes=-2')).toEqual([206, '89', 'bytes 8-9/10']);
    expect(await ask('bytes=8-99')).toEqual([206, '89', 'bytes 8-9/10']);
    expect(await ask('bytes=-99')).toEqual([206, '0123456789', 'bytes 0-9/10']);
    for (const outside of ['bytes=10-', 'bytes=10-12', 'bytes=-0']) {
      expect(await ask(outside)).toEqual([416, false, 'bytes */10']);
    }
    for (const ignored of ['bytes=0-1,3-4', 'bytes=5-3', 'lines=1-2', 'bytes=-', 'bytes=a-b']) {
      expect(await ask(ignored)).toEqual([200, '0123456789', null]);
    }
    expect(await ask('bytes=0-3', { 'if-range': etag })).toEqual([206, '0123', 'bytes 0-3/10']);
    expect(await ask('bytes=0-3', { 'if-range': '"old"' })).toEqual([200, '0123456789', null]);
  });

  it('offers a picture smaller, made once and kept', async () => {
    const path = await claimed(await uploadImage(makePng({ width: 600, height: 400 })));
    const first = await app.request('GET', `${path}?size=480`);
    expect(first.headers.get('content-type')).toBe('image/webp');
    const { headers } = await app.request('GET', path);
    expect(first.headers.get('etag')).not.toBe(headers.get('etag'));
    expect(JSON.parse(first.bytes.toString())).toEqual({
      from: Number(headers.get('content-length')),
      steps: [{ width: 480, fit: 'scale-down' }],
      format: 'image/webp',
    });
    const { IMAGES } = app.env;
    app.env['IMAGES'] = {
      input() {
        throw new Error('not again');
      },
    };
    app.forgetEnv();
    expect((await app.request('GET', `${path}?size=480`)).bytes.equals(first.bytes)).toBe(true);
    const own = await app.request('GET', `${path}?size=160`);
    expect([own.status, own.headers.get('content-type')]).toEqual([200, 'image/png']);
    app.env['IMAGES'] = IMAGES;
    app.forgetEnv();
    // One that is not wider is not made.
    expect((await app.request('GET', `${path}?size=1080`)).headers.get('content-type')).toBe('image/png');
    expect((await app.request('GET', `${path}?size=99`)).body.code).toBe('invalid_input');
  });

  it('of nothing is not found', async () => {
    expect((await app.request('GET', `/media/${'A'.repeat(43)}`)).body.code).toBe('not_found');
    expect((await app.request('GET', '/media/..%2f..%2fetc')).body.code).toBe('invalid_input');
  });

  it('in production stands on a host that answers media alone', async () => {
    const path = await claimed(await uploadImage(makePng()));
    const { MEDIA_URL, PUBLIC_URL } = app.env;
    const ask = async (urls: object) => {
      Object.assign(app.env, urls);
      app.forgetEnv();
      const answers = [await app.request('GET', path), await app.request('GET', '/v1/posts/1')];
      return answers.map(({ status }) => status);
    };
    const onApiHost = await ask({ MEDIA_URL: 'https://media.loopus.kr' });
    const onMediaHost = await ask({ MEDIA_URL: PUBLIC_URL, PUBLIC_URL: 'https://api.loopus.kr' });
    const onOneHost = await ask({ MEDIA_URL, PUBLIC_URL });
    expect({ onApiHost, onMediaHost, onOneHost }).toEqual({
      onApiHost: [404, 401],
      onMediaHost: [200, 404],
      onOneHost: [200, 401],
    });
  });

  it('of the default picture is stable', async () => {
    const answer = await app.request('GET', '/media/default-avatar.png');
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.bytes.subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('the end of media', () => {
  it('whose post is gone, whose key is released or whose owner has left, comes within a minute', async () => {
    const ofPost = await uploadImage(makePng());
    const postPath = `/media/${await keyOf(ofPost.body.id)}`;
    await claim(minsu.userId, [ofPost.body.id], [], '6001');
    const ofKey = await claimed(await uploadImage(makePng()));
    const other = await claimed(await uploadImage(makePng()));
    const person = await signUpPerson(app);
    const ofLeaver = await claimed(await uploadImage(makePng(), person.token), person.userId);
    for (const path of [postPath, ofKey, other, ofLeaver]) {
      expect((await app.request('GET', path)).status).toBe(200);
    }
    await app.asSystem(async (ctx) => {
      await releaseMediaOfPosts(ctx, ['6001', '6002']);
      await releaseMediaOfPosts(ctx, ['6001']);
      await releaseByKeys(ctx, [ofKey.replace('/media/', '')]);
    });
    await app.sql('update users set left_at = now() where id = ?', person.userId);
    app.clock.advance(60_000);
    for (const path of [postPath, ofKey, ofLeaver]) {
      expect((await app.request('GET', path)).status).toBe(404);
    }
    expect((await app.request('GET', other)).status).toBe(200);
  });

  it('is swept: what nobody claimed, what was never finished, what was released, with its smaller forms', async () => {
    const kept = await claimed(await uploadImage(makePng({ width: 600 })));
    const gone = await claimed(await uploadImage(makePng({ width: 600 })));
    for (const path of [kept, gone]) await app.request('GET', `${path}?size=160`);
    const { id: unclaimed } = (await uploadImage(makePng())).body;
    const unclaimedKey = await keyOf(unclaimed);
    await app.sql(
      `insert into media (id, owner_id, kind, object_key, content_type, size, state, created_at)
       values (91, ?, 'file', 'never-finished', 'a/b', 5, 'uploading', ?)`,
      minsu.userId,
      app.clock.now().toISOString().slice(0, 19),
    );
    await app.media.put('never-finished', 'x');
    await app.asSystem((ctx) => releaseByKeys(ctx, [gone.replace('/media/', '')]));
    const keys = () => app.media.keys();
    const has = (path: string) => keys().some((key) => key.startsWith(path.replace('/media/', '')));
    // Twice and at once: the same.
    app.clock.advance(30 * 60_000);
    await Promise.all([sweep(), sweep()]);
    expect(has(gone)).toBe(false);
    expect(keys()).toContain('never-finished');
    app.clock.advance(45 * 60_000);
    await sweep();
    expect(keys()).not.toContain('never-finished');
    expect(keys()).toContain(unclaimedKey);
    app.clock.advance(23 * 3600_000);
    await sweep();
    expect(keys()).not.toContain(unclaimedKey);
    expect(await app.sql('select id from media where id in (91, ?)', unclaimed)).toEqual([]);
    expect(keys().filter((key) => key.startsWith(kept.replace('/media/', '')))).toHaveLength(2);
    expect((await app.request('GET', kept)).status).toBe(200);
  });

  it('loses nothing when a sweep ends between object and row', async () => {
    const { id } = (await uploadImage(makePng())).body;
    await app.sql(`update media set state = 'released', released_at = '2020-01-01' where id = ?`, id);
    const key = await keyOf(id);
    await app.media.delete(key);
    await sweep();
    expect(await app.sql('select id from media where id = ?', id)).toEqual([]);
  });

  it('comes for all that somebody had when they are purged, and they can take it along before', async () => {
    const person = await signUpPerson(app);
    const picture = await uploadImage(makePng({ width: 600 }), person.token);
    const file = await uploadFile(Buffer.from('abc'), '이력서.pdf', person.token);
    const path = await claimed(picture, person.userId);
    await claimed(file, person.userId);
    await app.request('GET', `${path}?size=160`);
    await uploadImage(makePng(), person.token);
    const [exported] = mediaExportSteps;
    const archive = await app.asSystem((ctx) => exported!.read(ctx, person.userId, undefined));
    expect(archive.media).toMatchObject([
      { key: await keyOf(picture.body.id), fileName: `${picture.body.id}.png` },
      { key: await keyOf(file.body.id), fileName: `${file.body.id}-이력서.pdf` },
    ]);
    expect(archive).toMatchObject({ rows: [{ kind: 'image' }, { kind: 'file', bytes: 3 }], next: undefined });
    const [purge] = mediaPurgeSteps;
    const others = (await stored()).rows - 3;
    expect(await app.asSystem((ctx) => purge!.run(ctx, person.userId))).toBe(3);
    expect(await app.asSystem((ctx) => purge!.run(ctx, person.userId))).toBe(0);
    expect((await stored()).rows).toBe(others);
    expect(app.media.keys().filter((key) => key.startsWith(path.replace('/media/', '')))).toEqual([]);
  });
});
