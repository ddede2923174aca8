import { mediaUrl } from '../../platform/media-url.ts';
import type * as z from 'zod';
import type { Career, CareerInvitation, OwnedCareer } from './schemas.ts';
import type { PersonCard } from '../people/index.ts';

type CareerRow = {
  id: string;
  name: string;
  kind: 'personal' | 'group';
  ownerId: string;
  coverKey: string | null;
  postCount: number;
  lastPostAt: Date | null;
};

function toFields(row: CareerRow, mediaBaseUrl: string) {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    coverUrl: row.coverKey ? mediaUrl(mediaBaseUrl, row.coverKey) : null,
    postCount: row.postCount,
    lastPostAt: row.lastPostAt?.toISOString() ?? null,
  };
}

/** A career in somebody's list. */
export function toOwnedCareer(
  row: CareerRow & { ownPostCount: number; allPostCount: number },
  userId: string,
  mediaBaseUrl: string,
): z.input<typeof OwnedCareer> {
  return {
    ...toFields(row, mediaBaseUrl),
    isManager: row.ownerId === userId,
    ownPostCount: row.ownPostCount,
    sharePercent: sharePercent(row.ownPostCount, row.allPostCount),
  };
}

/** Whole percent, never above 100: the two counts are recounted one after the other. */
export function sharePercent(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(100, Math.round((100 * part) / whole));
}

type Card = z.input<typeof PersonCard>;

/** A career's page for one viewer. Members whom the viewer cannot see are left out. */
export function toCareer({
  row,
  memberIds,
  people,
  viewerId,
  myState,
  mediaBaseUrl,
}: {
  row: CareerRow & { createdAt: Date; isFollowed: boolean };
  memberIds: string[];
  people: Map<string, Card>;
  viewerId: string;
  myState: 'invited' | 'active' | undefined;
  mediaBaseUrl: string;
}): z.input<typeof Career> {
  const others = memberIds.filter((id) => id !== row.ownerId);
  const visible = [row.ownerId, ...others].flatMap((id) => people.get(id) ?? []);
  return {
    ...toFields(row, mediaBaseUrl),
    createdAt: row.createdAt.toISOString(),
    owner: people.get(row.ownerId) ?? null,
    members: row.kind === 'group' ? visible : [],
    myRole: toRole(row.ownerId === viewerId, myState),
    isFollowed: row.isFollowed,
  };
}

/** An invitation to me. */
export function toInvitation(
  row: CareerRow & { invitedAt: Date },
  manager: Card,
  mediaBaseUrl: string,
): z.input<typeof CareerInvitation> {
  return { career: toFields(row, mediaBaseUrl), manager, invitedAt: row.invitedAt.toISOString() };
}

function toRole(isOwner: boolean, state: 'invited' | 'active' | undefined) {
  if (isOwner) return 'owner';
  if (state === 'active') return 'member';
  return state === 'invited' ? 'invited' : 'none';
}
