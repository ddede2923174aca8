import { and, asc, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { users } from '../../schema/accounts.ts';
import { careerFollows, careerMembers, careers } from '../../schema/careers.ts';
import { createPersonView, isVisibleTo, loadPeople, personColumns } from '../people/index.ts';
import { showToViewer } from './shown-of-groups.ts';
import { toCareer, toInvitation, toOwnedCareer } from './view.ts';
import { isCareerVisibleTo } from './visibility.ts';

/** Careers of a person in that person's own order. Throws `not_found` for people the viewer cannot see. */
export async function listCareersOf(ctx: UserCtx, userId: string) {
  const [people, owned] = await Promise.all([loadPeople(ctx, [userId]), loadCareersOf(ctx, userId)]);
  if (!people.has(userId)) throw new AppError('not_found');
  return owned;
}

/** The same for callers that have asked, or ask beside it, whether the viewer may see the person: two statements. */
export async function loadCareersOf(ctx: UserCtx, userId: string) {
  const rows = await showToViewer(ctx, await readCareersOf(ctx, userId));
  return rows.map((row) => toOwnedCareer(row, userId, ctx.deps.config.mediaBaseUrl));
}

function readCareersOf(ctx: UserCtx, userId: string) {
  return ctx.deps.db
    .select({
      id: careers.id,
      name: careers.name,
      kind: careers.kind,
      ownerId: careers.ownerId,
      coverKey: careers.coverKey,
      postCount: careers.postCount,
      lastPostAt: careers.lastPostAt,
      ownPostCount: careerMembers.postCount,
      allPostCount: users.postCount,
    })
    .from(careerMembers)
    .innerJoin(careers, eq(careers.id, careerMembers.careerId))
    .innerJoin(users, eq(users.id, careerMembers.userId))
    .where(
      and(eq(careerMembers.userId, userId), eq(careerMembers.state, 'active'), isNull(careers.deletedAt)),
    )
    .orderBy(asc(careerMembers.position), asc(careers.id));
}

/** A career with its people, for a viewer. Throws `career_not_found`. */
export async function readCareer(ctx: UserCtx, careerId: string) {
  const { db, config } = ctx.deps;
  const viewerId = ctx.actor.userId;
  const [[row], members] = await Promise.all([
    db
      .select({
        id: careers.id,
        name: careers.name,
        kind: careers.kind,
        ownerId: careers.ownerId,
        coverKey: careers.coverKey,
        postCount: careers.postCount,
        lastPostAt: careers.lastPostAt,
        createdAt: careers.createdAt,
        isFollowed:
          sql`exists (select 1 from ${careerFollows} as mine where mine.career_id = ${careers.id} and mine.user_id = ${viewerId})`
            .mapWith((value) => Number(value) === 1)
            .as('is_followed'),
      })
      .from(careers)
      .where(and(eq(careers.id, careerId), isCareerVisibleTo(viewerId))),
    db
      .select({ userId: careerMembers.userId, state: careerMembers.state })
      .from(careerMembers)
      .where(eq(careerMembers.careerId, careerId))
      .orderBy(asc(careerMembers.createdAt), asc(careerMembers.userId)),
  ]);
  if (!row) throw new AppError('career_not_found');
  const active = members.filter(({ state }) => state === 'active').map(({ userId }) => userId);
  const [people, [shown = row]] = await Promise.all([
    loadPeople(ctx, [row.ownerId, ...active]),
    showToViewer(ctx, [row]),
  ]);
  return toCareer({
    row: shown,
    memberIds: active,
    people,
    viewerId,
    myState: members.find(({ userId }) => userId === viewerId)?.state,
    mediaBaseUrl: config.mediaBaseUrl,
  });
}

/** Whether the viewer may see a career. Throws `career_not_found` when not. */
export async function requireVisibleCareer(ctx: UserCtx, careerId: string): Promise<void> {
  const [row] = await ctx.deps.db
    .select({ id: careers.id })
    .from(careers)
    .where(and(eq(careers.id, careerId), isCareerVisibleTo(ctx.actor.userId)));
  if (!row) throw new AppError('career_not_found');
}

const INVITATIONS = 'career invitations';

/** Groups that have invited me and whose managers I can see, the newest group first. */
export async function listInvitations(
  ctx: UserCtx,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const viewerId = ctx.actor.userId;
  const [before] = decodeCursor(INVITATIONS, cursor, ['id']) ?? [];
  const [rows, toPerson] = await Promise.all([
    ctx.deps.db
      .select({
        id: careers.id,
        name: careers.name,
        kind: careers.kind,
        ownerId: careers.ownerId,
        coverKey: careers.coverKey,
        postCount: careers.postCount,
        lastPostAt: careers.lastPostAt,
        invitedAt: careerMembers.createdAt,
        manager: personColumns(viewerId),
      })
      .from(careerMembers)
      .innerJoin(careers, eq(careers.id, careerMembers.careerId))
      .innerJoin(users, eq(users.id, careers.ownerId))
      .where(
        and(
          eq(careerMembers.userId, viewerId),
          eq(careerMembers.state, 'invited'),
          before === undefined ? undefined : lt(careerMembers.careerId, before),
          isNull(careers.deletedAt),
          isVisibleTo(viewerId, careers.ownerId),
        ),
      )
      .orderBy(desc(careerMembers.careerId))
      .limit(limit + 1),
    createPersonView(ctx),
  ]);
  const page = toPage(rows, limit, INVITATIONS, ({ id }) => [id]);
  const items = await showToViewer(ctx, page.items);
  const { mediaBaseUrl } = ctx.deps.config;
  return { ...page, items: items.map((row) => toInvitation(row, toPerson(row.manager), mediaBaseUrl)) };
}
