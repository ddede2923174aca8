import { and, inArray, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { isTrue } from '../../platform/db/columns.ts';
import type { Bound } from '../../platform/db/prepare-query.ts';
import { users } from '../../schema/accounts.ts';
import { follows } from '../../schema/reactions.ts';
import { loadDirectory } from '../schools/index.ts';
import { toPersonCard, type PersonRow } from './view.ts';
import { isVisibleTo } from './visibility.ts';

type Card = ReturnType<typeof toPersonCard>;

/**
 * Cards of people for a viewer, by id, in one statement. Those who left, are suspended or have a block with the viewer
 * are missing from the answer.
 */
export async function loadPeople(ctx: UserCtx, ids: readonly string[]): Promise<Map<string, Card>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const viewerId = ctx.actor.userId;
  const [rows, toCard] = await Promise.all([
    ctx.deps.db
      .select(personColumns(viewerId))
      .from(users)
      .where(and(inArray(users.id, wanted), isVisibleTo(viewerId, users.id))),
    createPersonView(ctx),
  ]);
  return new Map(rows.map((row) => [row.id, toCard(row)]));
}

/**
 * What a card needs, from the `users` table of the caller's own statement: where it joins authors anyway, that saves
 * one. {@link createPersonView} turns such rows into cards.
 */
export function personColumns(viewerId: Bound) {
  // Spelt out: drizzle drops the table's name from columns of a select without joins, and `id` would be the follow's.
  const userId = sql`${users}.id`;
  return {
    id: users.id,
    kind: users.kind,
    name: users.name,
    avatarKey: users.avatarKey,
    schoolId: users.schoolId,
    departmentId: users.departmentId,
    fieldId: users.fieldId,
    isFollowed:
      sql`exists (select 1 from ${follows} as mine where mine.follower_id = ${viewerId} and mine.followee_id = ${userId})`
        .mapWith(isTrue)
        .as('is_followed'),
    isFollower:
      sql`exists (select 1 from ${follows} as theirs where theirs.follower_id = ${userId} and theirs.followee_id = ${viewerId})`
        .mapWith(isTrue)
        .as('is_follower'),
  };
}

/** Turns rows of {@link personColumns} into cards for this viewer. */
export async function createPersonView(ctx: UserCtx): Promise<(row: PersonRow) => Card> {
  const { schoolById, departmentById } = await loadDirectory(ctx);
  return (row) =>
    toPersonCard(row, {
      viewerId: ctx.actor.userId,
      school: schoolById.get(row.schoolId),
      department: departmentById.get(row.departmentId),
      mediaBaseUrl: ctx.deps.config.mediaBaseUrl,
    });
}
