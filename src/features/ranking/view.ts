import type * as z from 'zod';
import type { PersonCard, PersonRow } from '../people/index.ts';
import type { RankedPerson, RankIn, Ranks } from './schemas.ts';

/** 상위 N%: 1 to 100. */
export function topPercentOf(rank: number, people: number): number {
  return Math.max(1, Math.ceil((rank * 100) / people));
}

/** Where somebody stands in one scope, and stood the day before (`previousRank` null: they had no rank in it). */
export type Place = { rank: number; people: number; previousRank: number | null };

/** `isComparable`: there is a day before to compare with. */
export function toRankIn(
  { rank, people, previousRank }: Place,
  isComparable: boolean,
): z.input<typeof RankIn> {
  return {
    rank,
    people,
    previousRank,
    change: previousRank === null ? null : previousRank - rank,
    isNew: isComparable && previousRank === null,
  };
}

export type Standing = {
  score: number;
  isComparable: boolean;
  nation: Place;
  school: Place;
  field: Place;
  group: Place;
  /** People who were ranked the day before. */
  previousPeople: number | null;
};

export function toRanks(standing: Standing): z.input<typeof Ranks> {
  const { nation, isComparable, previousPeople } = standing;
  const topPercent = topPercentOf(nation.rank, nation.people);
  const hasPrevious = nation.previousRank !== null && previousPeople !== null;
  return {
    score: standing.score,
    topPercent,
    topPercentChange: hasPrevious
      ? topPercentOf(nation.previousRank ?? 1, previousPeople) - topPercent
      : null,
    nation: toRankIn(nation, isComparable),
    school: toRankIn(standing.school, isComparable),
    field: toRankIn(standing.field, isComparable),
    group: toRankIn(standing.group, isComparable),
  };
}

export type RankedRow = { person: PersonRow; score: number; rank: number; previousRank: number | null };

export function toRankedPerson(
  { person, score, rank, previousRank }: RankedRow,
  isComparable: boolean,
  toCard: (row: PersonRow) => z.input<typeof PersonCard>,
): z.input<typeof RankedPerson> {
  return {
    person: toCard(person),
    score,
    rank,
    previousRank,
    change: previousRank === null ? null : previousRank - rank,
    isNew: isComparable && previousRank === null,
  };
}
