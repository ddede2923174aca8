import { sql, type SQL } from 'drizzle-orm';
import { careerMembers, careers } from '../../schema/careers.ts';
import { isVisibleTo } from '../people/index.ts';

/**
 * A condition on the `careers` table of the caller's statement: it still exists, and at least one of the people in it
 * (its owner is one) may be seen by the viewer.
 */
export function isCareerVisibleTo(viewerId: string): SQL {
  const member = sql.raw('belongs.user_id');
  return sql`${careers.deletedAt} is null and exists (select 1 from ${careerMembers} as belongs where belongs.career_id = ${careers.id} and belongs.state = 'active' and ${isVisibleTo(viewerId, member)})`;
}
