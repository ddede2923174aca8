import type * as z from 'zod';
import { mediaUrl } from '../../platform/media-url.ts';
import { toRelation } from '../people/index.ts';
import { toDepartment, type DepartmentEntry, type SchoolEntry } from '../schools/index.ts';
import type { MyProfile, Profile } from './schemas.ts';

type ProfileRows = {
  person: {
    id: string;
    kind: 'student' | 'company';
    name: string;
    avatarKey: string | null;
    introduction: string;
    links: Partial<Record<keyof z.input<typeof Profile>['links'], string>>;
    fieldId: number;
    admissionYear: number;
    followerCount: number;
    followingCount: number;
    postCount: number;
    isFollowed: boolean;
    isFollower: boolean;
    isBlocked: boolean;
    isHiddenFromRankings: boolean;
  };
  careers: z.input<typeof Profile>['careers'];
  topTags: z.input<typeof Profile>['topTags'];
  ranks: z.input<typeof Profile>['ranks'];
  school: SchoolEntry | undefined;
  department: DepartmentEntry | undefined;
};

type Surroundings = { viewerId: string; mediaBaseUrl: string };

/** A profile for one viewer. */
export function toProfile(
  { person, careers, topTags, ranks, school, department }: ProfileRows,
  { viewerId, mediaBaseUrl }: Surroundings,
): z.input<typeof Profile> {
  const url = (key: string | null) => (key ? mediaUrl(mediaBaseUrl, key) : null);
  return {
    id: person.id,
    kind: person.kind,
    name: person.name,
    avatarUrl: url(person.avatarKey),
    introduction: person.introduction,
    links: toLinks(person.links),
    school: school
      ? { id: school.id, nameKo: school.nameKo, nameEn: school.nameEn, logoUrl: url(school.logoKey) }
      : null,
    department: department ? toDepartment(department) : null,
    fieldId: person.fieldId,
    admissionYear: person.admissionYear,
    followerCount: person.followerCount,
    followingCount: person.followingCount,
    postCount: person.postCount,
    topTags,
    ranks,
    careers,
    relation: toRelation(person, viewerId),
    isMe: person.id === viewerId,
    isBlocked: person.isBlocked,
  };
}

function toLinks(links: ProfileRows['person']['links']) {
  return {
    instagram: links.instagram ?? null,
    github: links.github ?? null,
    naverBlog: links.naverBlog ?? null,
    notion: links.notion ?? null,
    youtube: links.youtube ?? null,
  };
}

/** My own profile, with the settings that only I see. */
export function toMyProfile(rows: ProfileRows, surroundings: Surroundings): z.input<typeof MyProfile> {
  return {
    ...toProfile(rows, surroundings),
    isHiddenFromRankings: rows.person.isHiddenFromRankings,
  };
}
