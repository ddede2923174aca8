import { sql, type SQL } from 'drizzle-orm';
import type { Bound } from '../../platform/db/prepare-query.ts';
import { posts } from '../../schema/posts.ts';
import { isVisibleTo } from '../people/index.ts';

/**
 * A condition on the `posts` table of the caller's statement: the post still exists, its author is still here, and
 * neither of author and viewer has blocked the other.
 */
export function isPostVisibleTo(viewerId: Bound): SQL {
  return sql`${posts.deletedAt} is null and ${isVisibleTo(viewerId, posts.authorId)}`;
}
