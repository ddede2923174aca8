import { and, eq, inArray, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
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
  const [rows, { schoolById, departmentById }] = await Promise.all([
    readPeople(ctx, wanted),
    loadDirectory(ctx),
  ]);
  return new Map(
    rows.map((row) => [
      row.id,
      toPersonCard(row, {
        viewerId: ctx.actor.userId,
        school: schoolById.get(row.schoolId),
        department: departmentById.get(row.departmentId),
        publicUrl: ctx.deps.config.publicUrl,
      }),
    ]),
  );
}

function readPeople(ctx: UserCtx, ids: string[]): Promise<PersonRow[]> {
  const viewerId = ctx.actor.userId;
  const mine = alias(follows, 'mine');
  const theirs = alias(follows, 'theirs');
  return ctx.deps.db
    .select({
      id: users.id,
      kind: users.kind,
      name: users.name,
      avatarKey: users.avatarKey,
      schoolId: users.schoolId,
      departmentId: users.departmentId,
      fieldId: users.fieldId,
      isFollowed: sql`${mine.followeeId} is not null`.mapWith(isTrue).as('is_followed'),
      isFollower: sql`${theirs.followerId} is not null`.mapWith(isTrue).as('is_follower'),
    })
    .from(users)
    .leftJoin(mine, and(eq(mine.followerId, viewerId), eq(mine.followeeId, users.id)))
    .leftJoin(theirs, and(eq(theirs.followerId, users.id), eq(theirs.followeeId, viewerId)))
    .where(and(inArray(users.id, ids), isVisibleTo(viewerId, users.id)));
}

/** The driver hands a comparison's result over as text. */
function isTrue(value: unknown): boolean {
  return Number(value) === 1;
}
