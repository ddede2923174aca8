import type { Ctx } from '../../platform/context.ts';
import { rankingWeights, type RankingWeights } from '../../schema/ranking.ts';

/** Days that count, the last included. */
export const WINDOW_DAYS = 30;

/** What a rank is made of, in the order it is explained in. */
export const ACTIVITY_KINDS = ['post', 'like', 'comment', 'bookmark', 'view'] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** Points and caps until a row of `ranking_weights` says otherwise. */
export const START_WEIGHTS: RankingWeights = {
  post: { points: 10, per: 1, dailyCap: 3 },
  like: { points: 2, per: 1, dailyCap: 2 },
  comment: { points: 3, per: 1, dailyCap: 2 },
  bookmark: { points: 4, per: 1, dailyCap: 2 },
  view: { points: 1, per: 10, dailyCap: 10 },
};

/** The weights as they stand. */
export async function loadWeights({ deps }: Ctx): Promise<RankingWeights> {
  const rows = await deps.db.select().from(rankingWeights);
  return { ...START_WEIGHTS, ...Object.fromEntries(rows.map(({ kind, ...weight }) => [kind, weight])) };
}

/** What so many of a kind earn. In whole numbers, so that MySQL's `div` comes to the same. */
export function pointsOf(count: number, { points, per }: RankingWeights[ActivityKind]): number {
  return Math.floor((count * points) / per);
}
