import { makeZip } from 'client-zip';
import * as z from 'zod';
import type { Deps } from '../../platform/context.ts';
import type { ExportStep } from '../../platform/retention.ts';

/**
 * An export in R2: rows as `<prefix>/rows/<section>-<part>.json`, the names of media as `<prefix>/media/…`, and at last
 * a manifest. The archive itself is written while it is fetched, so that nothing is stored twice and no size is too much.
 */
type Chunk = Awaited<ReturnType<ExportStep['read']>>;

/** Bytes and files of media in one volume: checksums of so much take about two seconds of a Worker's time. */
const VOLUME_BYTES = 512 * 1024 * 1024;
const VOLUME_FILES = 2000;

const Media = z.array(z.object({ key: z.string(), fileName: z.string(), bytes: z.number() }));
const Manifest = z.object({
  userId: z.string(),
  createdAt: z.iso.datetime(),
  sections: z.array(z.object({ name: z.string(), parts: z.number().int() })),
  volumes: z.array(Media),
});
type Manifest = z.output<typeof Manifest>;

function partKey(prefix: string, kind: 'rows' | 'media', section: string, part: number): string {
  return `${prefix}/${kind}/${section}-${part}.json`;
}

/** Keeps one chunk of a section. The same chunk again overwrites itself. */
export async function putPart(
  { media }: Deps,
  prefix: string,
  section: string,
  part: number,
  chunk: Chunk,
): Promise<void> {
  const rows = chunk.rows.map((row) => JSON.stringify(row)).join(',\n');
  await media.put(partKey(prefix, 'rows', section, part), rows);
  if (chunk.media && chunk.media.length > 0)
    await media.put(partKey(prefix, 'media', section, part), JSON.stringify(chunk.media));
}

/** Writes the manifest over all parts. Answers in how many volumes the archive comes. */
export async function putManifest(
  deps: Deps,
  prefix: string,
  about: Pick<Manifest, 'userId' | 'createdAt' | 'sections'>,
): Promise<number> {
  const volumes: Manifest['volumes'] = [[]];
  let bytes = 0;
  for (const { name, parts } of about.sections) {
    for (let part = 0; part < parts; part += 1) {
      const listed = await deps.media.get(partKey(prefix, 'media', name, part));
      for (const file of listed ? Media.parse(await listed.json()) : []) {
        const volume = volumes.at(-1) ?? [];
        if (volume.length > 0 && (bytes + file.bytes > VOLUME_BYTES || volume.length >= VOLUME_FILES)) {
          volumes.push([]);
          bytes = 0;
        }
        volumes.at(-1)?.push(file);
        bytes += file.bytes;
      }
    }
  }
  await deps.media.put(`${prefix}/manifest.json`, JSON.stringify({ ...about, volumes }));
  return volumes.length;
}

/** One volume (from 1) as a ZIP, written while it is read; undefined when there is none. */
export async function openVolume(
  deps: Deps,
  prefix: string,
  volume: number,
): Promise<ReadableStream | undefined> {
  const kept = await deps.media.get(`${prefix}/manifest.json`);
  if (!kept) return undefined;
  const manifest = Manifest.parse(await kept.json());
  const files = manifest.volumes[volume - 1];
  if (!files) return undefined;
  const lastModified = new Date(manifest.createdAt);

  async function* entries() {
    if (volume === 1) yield { name: 'data.json', lastModified, input: writeData(deps, prefix, manifest) };
    for (const { key, fileName } of files ?? []) {
      const object = await deps.media.get(key);
      // Deleted since the export was made.
      if (!object) continue;
      yield { name: `media/${safeName(fileName)}`, lastModified, input: object.body };
    }
  }
  return makeZip(entries());
}

async function* writeData({ media }: Deps, prefix: string, manifest: Manifest): AsyncGenerator<string> {
  const { userId, createdAt, sections } = manifest;
  yield `{\n"userId": ${JSON.stringify(userId)},\n"exportedAt": ${JSON.stringify(createdAt)}`;
  for (const { name, parts } of sections) {
    yield `,\n${JSON.stringify(name)}: [`;
    let isFirst = true;
    for (let part = 0; part < parts; part += 1) {
      const rows = await (await media.get(partKey(prefix, 'rows', name, part)))?.text();
      if (!rows) continue;
      yield isFirst ? `\n${rows}` : `,\n${rows}`;
      isFirst = false;
    }
    yield '\n]';
  }
  yield '\n}\n';
}

/** A name that stays in its folder, whatever unpacks it. */
function safeName(name: string): string {
  return name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '_').replace(/^\.+/, '_');
}

/** Removes everything of an export from R2. */
export async function deleteArchive({ media }: Deps, prefix: string): Promise<void> {
  for (;;) {
    const { objects } = await media.list({ prefix: `${prefix}/`, limit: 1000 });
    if (objects.length === 0) return;
    await media.delete(objects.map(({ key }) => key));
  }
}
