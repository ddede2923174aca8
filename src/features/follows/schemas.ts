import * as z from 'zod';
import { Id, pageOf, Time } from '../../platform/http/schemas.ts';
import { PersonCard } from '../people/index.ts';

export const UserParams = z.strictObject({ userId: Id });

export const PersonPage = pageOf(PersonCard).meta({ id: 'PersonPage' });

export const BlockedPerson = z
  .object({
    userId: Id,
    name: z.string().meta({ description: '떠난 사람은 알수없음 · `Unknown` once they have left' }),
    avatarUrl: z.string().nullable().meta({ description: 'null: show the default picture' }),
    hasLeft: z.boolean(),
    blockedAt: Time,
  })
  .meta({ id: 'BlockedPerson' });

export const BlockedPage = pageOf(BlockedPerson).meta({ id: 'BlockedPage' });
