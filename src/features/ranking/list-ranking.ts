import type { UserCtx } from '../../platform/context.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { createPersonView } from '../people/index.ts';
import { readNewest, readOfCursor, type Generation } from './generation.ts';
import { readAround, readRanked, type RankScope } from './ranked-people.ts';
import { ALL } from './scope.ts';
import { readStanding } from './standing.ts';
import { toRankedPerson, toRanks, type RankedRow } from './view.ts';

const NEIGHBOURS = 5;

/**
 * People of a scope by rank, as far as the viewer may see them; ranks are those among everybody. Later pages are of the
 * generation that the first was of. Throws `ranking_moved_on`.
 */
export async function listRanking(
  ctx: UserCtx,
  scope: RankScope,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const list = `ranking ${scope.schoolId} ${scope.fieldId}`;
  const [ofCursor, score, userId] = decodeCursor(list, cursor, ['number', 'number', 'id']) ?? [];
  const generation = ofCursor === undefined ? await readNewest(ctx) : await readOfCursor(ctx, ofCursor);
  if (!generation) return { items: [], nextCursor: null, updatedAt: null, day: null };
  const after = score === undefined || userId === undefined ? undefined : { score, userId };
  const rows = await readRanked(ctx, generation, scope, { after, limit: limit + 1 });
  const page = toPage(rows, limit, list, (row) => [generation.generation, row.score, row.person.id]);
  return {
    ...page,
    items: await toPeople(ctx, generation, page.items),
    updatedAt: generation.updatedAt.toISOString(),
    day: generation.day,
  };
}

export type ScopeName = 'nation' | 'school' | 'field' | 'group';

/** Where I stand, with the people around me in one of my scopes. */
export async function readMyPlace(ctx: UserCtx, name: ScopeName) {
  const newest = await readNewest(ctx);
  if (!newest) return { updatedAt: null, ranks: null, isHidden: false, above: [], below: [] };
  const { isHidden, score, standing } = await readStanding(ctx, newest, ctx.actor.userId);
  const updatedAt = newest.updatedAt.toISOString();
  if (!score || !standing) return { updatedAt, ranks: null, isHidden, above: [], below: [] };
  const scope = {
    schoolId: name === 'school' || name === 'group' ? score.schoolId : ALL,
    fieldId: name === 'field' || name === 'group' ? score.fieldId : ALL,
  };
  const { above, below } = await readAround(ctx, newest, scope, { spot: score, limit: NEIGHBOURS });
  return {
    updatedAt,
    ranks: toRanks(standing),
    isHidden,
    above: await toPeople(ctx, newest, above),
    below: await toPeople(ctx, newest, below),
  };
}

/** Ranked people for clients. */
export async function toPeople(ctx: UserCtx, { previousDay }: Generation, rows: readonly RankedRow[]) {
  const toCard = await createPersonView(ctx);
  return rows.map((row) => toRankedPerson(row, previousDay !== null, toCard));
}
