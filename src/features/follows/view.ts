import type { Language } from '../../platform/errors.ts';
import { mediaUrl } from '../../platform/media-url.ts';

type BlockedRow = {
  userId: string;
  blockedAt: Date;
  name: string | null;
  avatarKey: string | null;
  leftAt: Date | null;
};

const UNKNOWN = { ko: '알수없음', en: 'Unknown' } as const;

/** Somebody I have blocked. Of those who have left, nothing is shown. */
export function toBlockedPerson(
  row: BlockedRow,
  { language, mediaBaseUrl }: { language: Language; mediaBaseUrl: string },
) {
  const isHere = row.name !== null && row.leftAt === null;
  return {
    userId: row.userId,
    name: isHere && row.name !== null ? row.name : UNKNOWN[language],
    avatarUrl: isHere && row.avatarKey ? mediaUrl(mediaBaseUrl, row.avatarKey) : null,
    hasLeft: !isHere,
    blockedAt: row.blockedAt.toISOString(),
  };
}
