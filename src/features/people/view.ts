import { mediaUrl } from '../../platform/media-url.ts';

export type PersonRow = {
  id: string;
  kind: 'student' | 'company';
  name: string;
  avatarKey: string | null;
  schoolId: number;
  departmentId: number;
  fieldId: number;
  isFollowed: boolean;
  isFollower: boolean;
};

type Surroundings = {
  viewerId: string;
  school: { id: number; nameKo: string; nameEn: string } | undefined;
  department: { nameKo: string } | undefined;
  mediaBaseUrl: string;
};

/** A person's card for one viewer. */
export function toPersonCard(row: PersonRow, { viewerId, school, department, mediaBaseUrl }: Surroundings) {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    avatarUrl: row.avatarKey ? mediaUrl(mediaBaseUrl, row.avatarKey) : null,
    school: school ? { id: school.id, nameKo: school.nameKo, nameEn: school.nameEn } : null,
    department: department?.nameKo ?? null,
    fieldId: row.fieldId,
    relation: toRelation(row, viewerId),
  };
}

/** How a person stands to the viewer. */
export function toRelation(
  row: Pick<PersonRow, 'id' | 'isFollowed' | 'isFollower'>,
  viewerId: string,
): 'self' | 'none' | 'follower' | 'following' | 'mutual' {
  if (row.id === viewerId) return 'self';
  if (row.isFollowed) return row.isFollower ? 'mutual' : 'following';
  return row.isFollower ? 'follower' : 'none';
}
