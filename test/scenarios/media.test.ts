/** Uploads and media through the real Worker: real framing of HTTP, real streams, R2 and image service of wrangler. */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@planetscale/database';
import { beforeAll, expect, inject, it } from 'vitest';
import { makeGif, makeJpeg, makePng, makeProfile, makeWebp, SECRET } from '../harness/images.ts';
import { callWorker, joinLoopUs } from '../harness/worker-client.ts';

const MEBIBYTE = 1024 * 1024;

let token: string;
let careerId: string;

beforeAll(async () => {
  ({ token } = await joinLoopUs(`story.media.${Date.now()}@snu.ac.kr`, '사진가'));
  const career = await callWorker('POST', '/v1/careers', { token, body: { name: '사진', kind: 'personal' } });
  careerId = career.body.id;
});

async function upload(path: string, bytes: Buffer, headers: Record<string, string> = {}) {
  return callWorker('POST', path, { token, rawBody: bytes as unknown as BodyInit, headers });
}

/** What lies in the Worker's bucket. */
function objectsInBucket(): string[] {
  const folder = join(dirname(inject('worker').logFile), 'storage/v3/r2/miniflare-R2BucketObject');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite')
    .flatMap((name) => {
      const database = new DatabaseSync(join(folder, name), { readOnly: true });
      const rows = database.prepare('select key from _mf_objects').all();
      database.close();
      return rows.map(({ key }) => String(key));
    })
    .toSorted();
}

async function mediaRows(): Promise<{ key: string; state: string }[]> {
  const client = new Client({ url: inject('dataPlane').env['DATABASE_URL'] ?? '' });
  const { rows } = await client.execute('select object_key as `key`, state from media order by id');
  return rows as { key: string; state: string }[];
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it did not come about');
    await pause(50);
  }
}

async function read(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

it('a post with ten pictures and a file: uploaded, seen, in parts, smaller, and gone with the post', async () => {
  const images = [];
  for (let at = 0; at < 10; at += 1) {
    const uploaded = await upload(
      '/v1/media/images',
      makeJpeg({ width: 640, height: 480 + at * 8, withSecrets: true, orientation: 6 }),
    );
    expect(uploaded.status).toBe(201);
    expect(uploaded.body).toMatchObject({ contentType: 'image/jpeg', width: 480 + at * 8, height: 640 });
    images.push({ mediaId: uploaded.body.id, altText: `${at}번째` });
  }
  const content = Buffer.alloc(3 * MEBIBYTE, 'loop');
  const file = await upload(`/v1/media/files?name=${encodeURIComponent('발표 자료.pdf')}`, content, {
    'content-type': 'application/pdf',
  });
  expect(file.status).toBe(201);
  const written = await callWorker('POST', '/v1/posts', {
    token,
    body: { careerId, images, files: [{ mediaId: file.body.id }] },
  });
  expect(written.status).toBe(201);
  const post = await callWorker('GET', `/v1/posts/${written.body.id}`, { token });
  expect(
    post.body.images.map(({ height, altText }: { height: number; altText: string }) => [height, altText]),
  ).toEqual(images.map(({ altText }) => [640, altText]));

  const [first] = post.body.images;
  const shown = await read(first.url);
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  expect(shown.headers.get('content-security-policy')).toContain('sandbox');
  expect(shown.bytes.includes(SECRET)).toBe(false);
  expect(Number(shown.headers.get('content-length'))).toBe(shown.bytes.length);
  const known = await read(first.url, { 'if-none-match': shown.headers.get('etag') ?? '' });
  expect([known.status, known.bytes.length]).toEqual([304, 0]);
  const smaller = await read(`${first.url}?size=160`);
  expect([smaller.status, smaller.bytes.length > 0]).toEqual([200, true]);
  expect(smaller.headers.get('etag')).not.toBe(shown.headers.get('etag'));
  expect((await read(`${first.url}?size=160`)).bytes.equals(smaller.bytes)).toBe(true);

  const download = await read(post.body.files[0].url);
  expect(download.bytes.equals(content)).toBe(true);
  expect(download.headers.get('content-disposition')).toContain(
    `filename*=UTF-8''${encodeURIComponent('발표 자료.pdf')}`,
  );
  const part = await read(post.body.files[0].url, { range: 'bytes=2097150-2097161' });
  expect([part.status, part.headers.get('content-range'), part.bytes.toString()]).toEqual([
    206,
    `bytes 2097150-2097161/${content.length}`,
    content.subarray(2_097_150, 2_097_162).toString(),
  ]);
  expect((await read(post.body.files[0].url, { range: 'bytes=9999999-' })).status).toBe(416);

  expect((await callWorker('DELETE', `/v1/posts/${written.body.id}`, { token })).status).toBe(204);
  const { pathname } = new URL(post.body.images[1].url);
  await until(async () =>
    (await mediaRows()).some(({ key, state }) => pathname.endsWith(key) && state === 'released'),
  );
  // One that was shown before may still be remembered for a minute.
  expect((await read(post.body.images[1].url)).status).toBe(404);
});

it('every format is cleaned where it runs in production, compressed parts and checksums too', async () => {
  const profile = makeProfile(['desc', 'wtpt', 'rTRC']);
  for (const [type, make] of [
    ['image/png', makePng],
    ['image/webp', makeWebp],
    ['image/gif', makeGif],
  ] as const) {
    const bytes = make({ width: 40, height: 24, withSecrets: true, profile });
    const uploaded = await upload('/v1/media/images', bytes);
    expect(uploaded.body).toMatchObject({ contentType: type, width: 40, height: 24 });
    expect(uploaded.body.size).toBeLessThan(bytes.length);
  }
});

it('what is refused leaves nothing: a page named .jpg, half a picture, nothing, too much, an unknown length', async () => {
  const before = [await mediaRows(), objectsInBucket()];
  expect(objectsInBucket().length).toBeGreaterThan(0);
  const page = await upload('/v1/media/images', Buffer.from('<!doctype html>'), {
    'content-type': 'image/jpeg',
  });
  expect([page.status, page.body.code]).toEqual([415, 'image_not_supported']);
  const cut = await upload('/v1/media/images', makePng({ width: 300, height: 300 }).subarray(0, -20));
  expect([cut.status, cut.body.code]).toEqual([422, 'image_broken']);
  const empty = await upload('/v1/media/files?name=a', Buffer.alloc(0), { 'content-length': '0' });
  expect([empty.status, empty.body.code]).toEqual([422, 'upload_empty']);
  const large = await upload('/v1/media/files?name=a', Buffer.alloc(31 * MEBIBYTE));
  expect([large.status, large.body.code]).toEqual([413, 'body_too_large']);
  const chunked = await fetch(`${inject('worker').url}/v1/media/files?name=a`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new Blob(['abc']).stream(),
    duplex: 'half',
  } as RequestInit);
  expect([chunked.status, ((await chunked.json()) as { code: string }).code]).toEqual([
    411,
    'length_required',
  ]);
  expect([await mediaRows(), objectsInBucket()]).toEqual(before);
});

/** Sends half of what was announced and hangs up. */
async function cutOff(path: string, whenHalfIsThere: () => Promise<void>): Promise<void> {
  const { hostname, port } = new URL(inject('worker').url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${token}\r\n` +
      `content-type: application/octet-stream\r\ncontent-length: ${8 * MEBIBYTE}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.write(Buffer.alloc(4 * MEBIBYTE, 1), resolve));
  await whenHalfIsThere();
  socket.destroy();
}

it('an upload that is cut off half way leaves neither row nor object', async () => {
  const before = [await mediaRows(), objectsInBucket()];
  await cutOff('/v1/media/files?name=half.bin', () =>
    until(async () => (await mediaRows()).at(-1)?.state === 'uploading'),
  );
  await until(async () => (await mediaRows()).length === before[0]?.length);
  expect([await mediaRows(), objectsInBucket()]).toEqual(before);
});

it('images that are cut off give back the memory they were promised', async () => {
  const before = [await mediaRows(), objectsInBucket()];
  for (let count = 0; count < 8; count += 1) await cutOff('/v1/media/images', async () => undefined);
  expect([await mediaRows(), objectsInBucket()]).toEqual(before);
  expect((await upload('/v1/media/images', makePng())).status).toBe(201);
});
