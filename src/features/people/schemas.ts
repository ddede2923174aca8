import * as z from 'zod';
import { Id } from '../../platform/http/schemas.ts';

/** How somebody stands to the viewer. `self` is me. */
export const Relation = z.enum(['self', 'none', 'follower', 'following', 'mutual']).meta({
  id: 'Relation',
  description: 'none · follower (follows me) · following (I follow) · mutual · self',
});

/** A person as shown in lists and on cards. */
export const PersonCard = z
  .object({
    id: Id,
    kind: z.enum(['student', 'company']),
    name: z.string(),
    avatarUrl: z.string().nullable().meta({ description: 'null: show the default picture' }),
    school: z.object({ id: z.number().int(), nameKo: z.string(), nameEn: z.string() }).nullable(),
    department: z.string().nullable(),
    fieldId: z.number().int(),
    relation: Relation,
  })
  .meta({ id: 'PersonCard' });
