/** The data sets of the bench, made from the generators of the demo population. */
import { createPopulation } from '../local/seed/people.ts';
import type { Population, PopulationScale } from '../local/seed/types.ts';

/** Another version is another data set: raise it when a change of the generators changes their rows. */
export const GENERATOR_VERSION = 1;

type Scale = Omit<PopulationScale, 'seed' | 'until' | 'skew' | 'comments'>;

export const scales = {
  small: { people: 1000, posts: 10_000, likes: 50_000, followsPerPerson: 30, schools: 50 },
  medium: { people: 100_000, posts: 500_000, likes: 3_000_000, followsPerPerson: 50, schools: 173 },
  large: { people: 1_000_000, posts: 3_000_000, likes: 15_000_000, followsPerPerson: 50, schools: 173 },
} as const satisfies Record<string, Scale>;

export type ScaleName = keyof typeof scales;

/** MySQL's buffer pool, in MiB: medium fits, large does not quite, as in production. */
export const bufferPoolMb: Record<ScaleName, number> = { small: 512, medium: 3072, large: 6144 };

/** People who follow many more than others do, so that feeds of such people can be measured. */
export const eagerFollowers = [
  { name: 'busy', follows: 300, people: 20 },
  { name: 'heavy', follows: 1000, people: 20 },
] as const;

/** A data set whose last posts are just before `until`. The same scale and instant are the same rows. */
export function createDataSet(scale: Scale, until: number): Population {
  const whole = { ...scale, seed: 20_261_124, comments: scale.posts, skew: 0.6, until };
  const population = createPopulation(whole);
  const eager = createPopulation({ ...whole, followsPerPerson: 1000 });
  return {
    ...population,
    followeesOf(personIndex) {
      const follows = followsOfEager(personIndex);
      return follows === undefined
        ? population.followeesOf(personIndex)
        : fillUp(eager.followeesOf(personIndex), follows, personIndex, scale.people);
    },
  };
}

/** How many an eager person follows; undefined for others. The first person, whom most follow, is none of them. */
export function followsOfEager(personIndex: number): number | undefined {
  let first = 1;
  for (const { follows, people } of eagerFollowers) {
    if (personIndex >= first && personIndex < first + people) return follows;
    first += people;
  }
  return undefined;
}

/** `wanted` of the people found, with the next ones by index when too few are, but never everybody. */
function fillUp(found: readonly number[], wanted: number, self: number, people: number): number[] {
  const followees = new Set(found.slice(0, wanted));
  const most = Math.min(wanted, people - 1);
  for (let next = self + 1; followees.size < most; next++) {
    if (next % people !== self) followees.add(next % people);
  }
  return [...followees];
}
