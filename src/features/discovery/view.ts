import { sources } from './sources/index.ts';

/** What readers see of a thing found. */
export type DiscoveryRow = {
  id: string;
  kind: 'news' | 'video' | 'blog';
  source: string;
  title: string;
  author: string | null;
  url: string;
  pictureUrl: string | null;
  channelId: string | null;
  channelPictureUrl: string | null;
  durationSeconds: number | null;
  publishedAt: Date | null;
};

/** A source that has gone is called by its id. */
const nameById = new Map(sources.map(({ id, name }) => [id, name]));

export function toDiscovery(row: DiscoveryRow) {
  const { id, kind, title, url, author, pictureUrl, publishedAt } = row;
  return {
    id,
    kind,
    title,
    url,
    author,
    source: { id: row.source, name: nameById.get(row.source) ?? row.source },
    pictureUrl,
    publishedAt: publishedAt?.toISOString() ?? null,
    video: toVideo(row),
  };
}

function toVideo({ kind, url, channelId, channelPictureUrl, durationSeconds }: DiscoveryRow) {
  const videoId = kind === 'video' ? URL.parse(url)?.searchParams.get('v') : undefined;
  return videoId ? { videoId, channelId, channelPictureUrl, durationSeconds } : null;
}
