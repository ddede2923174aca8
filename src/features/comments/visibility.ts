import { sql, type SQL } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import { comments, posts } from '../../schema/posts.ts';
import { isVisibleTo } from '../people/index.ts';
import { isPostVisibleTo } from '../posts/index.ts';

/**
 * A condition on the tables `comments` and `posts` of the caller's statement: the comment or reply is still there, its
 * author is still here, neither of author and viewer has blocked the other, and its post is visible.
 */
export function isCommentVisibleTo(viewerId: string): SQL {
  return sql`${comments.postId} = ${posts.id} and ${isShownTo(viewerId, comments)} and ${isPostVisibleTo(viewerId)}`;
}

/** Of a comment or reply whose post is visible: it is more than a stub. Takes `comments` or an alias of it. */
export function isShownTo(
  viewerId: string,
  { deletedAt, authorId }: { deletedAt: MySqlColumn; authorId: MySqlColumn },
): SQL {
  return sql`${deletedAt} is null and ${isVisibleTo(viewerId, authorId)}`;
}
