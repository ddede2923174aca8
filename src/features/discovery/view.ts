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

/** Proper names, the same in every language; a source that has gone is called by its id. */
const SOURCE_NAMES: Record<string, string> = {
  'google-news': 'Google News',
  'naver-news': 'NAVER News',
  brunch: 'brunch',
  'kakao-blog': 'Daum 블로그',
  youtube: 'YouTube',
};

export function toDiscovery(row: DiscoveryRow) {
  const { id, kind, title, url, author, pictureUrl, publishedAt } = row;
  return {
    id,
    kind,
    title,
    url,
    author,
    source: { id: row.source, name: SOURCE_NAMES[row.source] ?? row.source },
    pictureUrl,
    publishedAt: publishedAt?.toISOString() ?? null,
    video: toVideo(row),
  };
}

function toVideo({ kind, url, channelId, channelPictureUrl, durationSeconds }: DiscoveryRow) {
  const videoId = kind === 'video' ? URL.parse(url)?.searchParams.get('v') : undefined;
  return videoId ? { videoId, channelId, channelPictureUrl, durationSeconds } : null;
}
