import { sql, type SQL } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import type { Bound } from '../../platform/db/prepare-query.ts';
import { blocks } from '../../schema/reactions.ts';
import { users } from '../../schema/accounts.ts';

/**
 * The rule of every list: the person in `column` is still here, and neither of the two has blocked the other. Stands
 * inside the statement, so that a page is full although rows were dropped.
 */
export function isVisibleTo(viewerId: Bound, column: MySqlColumn | SQL): SQL {
  return sql`${isPresent(column)} and ${isUnblocked(viewerId, column)}`;
}

/**
 * Whom the viewer may know of one at a time: still here, and has not blocked the viewer. Somebody the viewer has blocked
 * counts too: their profile is where a block is lifted.
 */
export function isKnownTo(viewerId: Bound, column: MySqlColumn | SQL): SQL {
  return sql`${isPresent(column)} and ${hasNotBlocked(viewerId, column)}`;
}

/** Neither of the two has blocked the other. */
export function isUnblocked(viewerId: Bound, column: MySqlColumn | SQL): SQL {
  return sql`not exists (select 1 from ${blocks} as mine where mine.blocker_id = ${viewerId} and mine.blocked_id = ${column}) and ${hasNotBlocked(viewerId, column)}`;
}

/**
 * Not an EXISTS: MySQL may turn that into a join which starts at all the people there are (647 ms instead of 1 for the
 * followers of somebody with 20,000). A scalar subquery is asked row by row, along the order of the page.
 */
function isPresent(column: MySqlColumn | SQL): SQL {
  return sql`(select seen.left_at is null and seen.suspended_at is null from ${users} as seen where seen.id = ${column})`;
}

function hasNotBlocked(viewerId: Bound, column: MySqlColumn | SQL): SQL {
  return sql`not exists (select 1 from ${blocks} as theirs where theirs.blocker_id = ${column} and theirs.blocked_id = ${viewerId})`;
}
