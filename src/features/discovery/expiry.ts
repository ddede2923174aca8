import type { DiscoveryKind } from '../../schema/discovery.ts';

const DAY_MS = 86_400_000;
/** Days that a thing of each kind is kept. */
const DAYS_KEPT: Record<DiscoveryKind, number> = { news: 30, video: 30, blog: 180 };

type Dates = { kind: DiscoveryKind; sortAt: Date; refreshedAt: Date };

/**
 * Until when a thing is kept: news and blogs from their publication on, videos from when YouTube gave them last, as its
 * terms ask.
 */
export function expiryOf({ kind, sortAt, refreshedAt }: Dates): Date {
  const since = kind === 'video' ? refreshedAt : sortAt;
  return new Date(since.getTime() + DAYS_KEPT[kind] * DAY_MS);
}
