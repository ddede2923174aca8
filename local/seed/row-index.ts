/** What rows of a population say of each other: ids, schools and fields by index, in a few bytes each. */
import { koreanDay } from '../../src/platform/korea-time.ts';
import { timeOfId } from '../../src/platform/ids.ts';
import { careersPerPerson } from './people.ts';
import { drawFor, type Draw } from './random.ts';
import type { Population } from './types.ts';

/** Random numbers for what the population itself does not say; beside the streams of people.ts. */
const streams = {
  groups: 11,
  follows: 12,
  careerFollows: 13,
  views: 14,
  bookmarks: 15,
  commentLikes: 16,
} as const;

export type PopulationIndex = {
  population: Population;
  /** Ids of people. */
  userIds: readonly string[];
  schoolIds: Uint16Array;
  fieldIds: Uint8Array;
  /** Milliseconds since 1970. */
  joinedAt: Float64Array;
  /** Indexes of people in the order of their ids. */
  byTime: Uint32Array;
  /** Ids of careers by index; a career that is part of a group has the group's. 0: not there, or not made yet. */
  careerIds: BigInt64Array;
  draw(stream: keyof typeof streams, index: number): Draw;
};

/** Looks at every person once. */
export function indexPopulation(population: Population): PopulationIndex {
  const { people, seed } = population.scale;
  const schoolIds = new Uint16Array(people);
  const fieldIds = new Uint8Array(people);
  const joinedAt = new Float64Array(people);
  const userIds = Array.from({ length: people }, (_, index) => {
    const person = population.person(index);
    schoolIds[index] = person.schoolId;
    fieldIds[index] = person.fieldId;
    joinedAt[index] = person.joinedAt;
    return makeId(person.joinedAt, index);
  });
  const byTime = new Uint32Array(people).map((_, index) => index);
  byTime.sort((a, b) => (joinedAt[a] ?? 0) - (joinedAt[b] ?? 0) || a - b);
  return {
    population,
    userIds,
    schoolIds,
    fieldIds,
    joinedAt,
    byTime,
    careerIds: new BigInt64Array(people * careersPerPerson),
    draw: (stream, index) => drawFor(seed, streams[stream], index),
  };
}

/** The id of a person. A RangeError for an index out of range. */
export function userIdOf({ userIds }: PopulationIndex, index: number): string {
  const id = userIds[index];
  if (id === undefined) throw new RangeError(`There is no person ${index}.`);
  return id;
}

const SEQUENCE = 2 ** 22;
const EPOCH_MS = timeOfId('0').getTime();

/** An id as src/platform/ids.ts makes them, with a number of our own choice in place of the random one. */
export function makeId(at: number, sequence: number): string {
  if (at < EPOCH_MS) throw new RangeError('Ids begin in 2025.');
  return ((BigInt(at - EPOCH_MS) << 22n) | BigInt(sequence % SEQUENCE)).toString();
}

const DAY_MS = 86_400_000;
const days = new Map<number, string>();

/** The Korean day of an instant; kept, for there are few days and many rows. */
export function dayOf(at: number): string {
  const key = Math.floor((at + 9 * 3_600_000) / DAY_MS);
  const known = days.get(key);
  if (known !== undefined) return known;
  const day = koreanDay(new Date(at));
  days.set(key, day);
  return day;
}
