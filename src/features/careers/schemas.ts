import * as z from 'zod';
import { Id, lineText, pageOf, Time } from '../../platform/http/schemas.ts';
import { PersonCard } from '../people/index.ts';

/** Careers one person may be in at a time, own and group ones together. */
export const MAX_CAREERS = 100;
/** People of a group, the invited among them. */
export const MAX_MEMBERS = 50;
const MAX_INVITED_AT_ONCE = 20;

export const CareerName = lineText(20)
  .refine((name) => !/[<>]/.test(name), { message: 'markup' })
  .meta({ minLength: 1, maxLength: 20, example: '캡스톤 디자인' });
const CareerKind = z.enum(['personal', 'group']);

export const CareerParams = z.strictObject({ careerId: Id });
export const UserParams = z.strictObject({ userId: Id });
export const MemberParams = z.strictObject({ careerId: Id, userId: Id });

export const CreateCareer = z.strictObject({ name: CareerName, kind: CareerKind });
export const EditCareer = z.strictObject({ name: CareerName });
export const CareerOrder = z.strictObject({ careerIds: z.array(Id).min(1).max(MAX_CAREERS) });
export const InvitePeople = z.strictObject({ userIds: z.array(Id).min(1).max(MAX_INVITED_AT_ONCE) });
export const Invited = z
  .object({
    invitedUserIds: z.array(Id).meta({ description: 'Of those asked for: whom an invitation stands for' }),
  })
  .meta({ id: 'Invited' });

const careerFields = {
  id: Id,
  name: z.string(),
  kind: CareerKind,
  coverUrl: z.string().nullable().meta({ description: 'The latest image in it that you can see' }),
  postCount: z.number().int().meta({ description: 'Posts in it that you can see' }),
  lastPostAt: Time.nullable(),
};

export const OwnedCareer = z
  .object({
    ...careerFields,
    isManager: z.boolean().meta({ description: 'Whose list this is made it; of a group: manages it.' }),
    ownPostCount: z.number().int().meta({ description: "This person's posts in it" }),
    sharePercent: z
      .number()
      .int()
      .meta({ description: "Share of all of this person's posts, in whole percent" }),
  })
  .meta({ id: 'OwnedCareer' });

export const OwnedCareerList = z.object({ items: z.array(OwnedCareer) });

export const Career = z
  .object({
    ...careerFields,
    createdAt: Time,
    owner: PersonCard.nullable().meta({
      description: 'Who made it; of a group: its manager. null when you cannot see this person.',
    }),
    members: z.array(PersonCard).meta({ description: 'Of a group: all who belong to it, the manager first' }),
    myRole: z.enum(['owner', 'member', 'invited', 'none']),
    isFollowed: z.boolean(),
  })
  .meta({ id: 'Career' });

export const CareerInvitation = z
  .object({ career: z.object(careerFields), manager: PersonCard, invitedAt: Time })
  .meta({ id: 'CareerInvitation' });

export const CareerInvitationPage = pageOf(CareerInvitation);
