import * as z from 'zod';
import { Id, lineText } from '../../platform/http/schemas.ts';
import { OwnedCareer } from '../careers/index.ts';
import { Relation } from '../people/index.ts';
import { Ranks } from '../ranking/index.ts';
import { Department } from '../schools/index.ts';
import { LinkChanges, SocialLinks } from './social-links.ts';

/** Tags a profile shows. */
export const TOP_TAGS = 10;

export const UserParams = z.strictObject({ userId: Id });

const TopTag = z
  .object({ id: Id, name: z.string(), count: z.number().int().meta({ description: 'Posts with this tag' }) })
  .meta({ id: 'TopTag' });

export const Profile = z
  .object({
    id: Id,
    kind: z.enum(['student', 'company']),
    name: z.string(),
    avatarUrl: z.string().nullable().meta({ description: 'null: show the default picture' }),
    introduction: z.string(),
    links: SocialLinks,
    school: z
      .object({
        id: z.number().int(),
        nameKo: z.string(),
        nameEn: z.string(),
        logoUrl: z.string().nullable(),
      })
      .nullable(),
    department: Department.nullable(),
    fieldId: z.number().int(),
    admissionYear: z.number().int(),
    followerCount: z.number().int(),
    followingCount: z.number().int(),
    postCount: z.number().int(),
    topTags: z.array(TopTag).meta({ description: `At most ${TOP_TAGS}, most used first` }),
    ranks: Ranks.nullable().meta({
      description:
        '전국·교내 순위와 상위 N%. 아직 점수가 없거나 순위에서 숨었으면 null · null: no points yet, or hidden from rankings',
    }),
    careers: z.array(OwnedCareer).meta({ description: "In the owner's order" }),
    relation: Relation,
    isMe: z.boolean(),
    isBlocked: z.boolean().meta({
      description:
        '내가 차단한 사람: 태그와 커리어는 비어 있습니다. · I blocked them: no tags and careers are shown.',
    }),
  })
  .meta({ id: 'Profile' });

export const MyProfile = Profile.extend({ isHiddenFromRankings: z.boolean() }).meta({ id: 'MyProfile' });

export const EditProfile = z
  .strictObject({
    name: lineText(50),
    introduction: lineText(100, 0),
    links: LinkChanges,
    isHiddenFromRankings: z.boolean(),
  })
  .partial();

export const SetAvatar = z.strictObject({
  mediaId: Id.nullable().meta({
    description: 'An uploaded picture of kind avatar; null: the default picture',
  }),
});
