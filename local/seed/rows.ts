/**
 * A made-up population as rows of the schema, in the order in which they can be written. Rows come in batches and are made
 * as they are asked for, so a population of millions passes through while only a few words a person are held.
 */
import { makeAccountRows } from './account-rows.ts';
import { makeCareerRows } from './career-rows.ts';
import { makeFollowRows } from './follow-rows.ts';
import { createPostRows } from './post-rows.ts';
import type { RowBatch } from './row-batch.ts';
import { indexPopulation } from './row-index.ts';
import type { Population } from './types.ts';

/** The most people, and the most posts, that are turned into rows at once. */
const PEOPLE_AT_ONCE = 2000;
const POSTS_AT_ONCE = 5000;

/** All rows of a population, whose people all have the password behind `passwordHash`. */
export function* makeRows(population: Population, passwordHash: string): Generator<RowBatch> {
  const index = indexPopulation(population);
  for (const people of slices(index.byTime, PEOPLE_AT_ONCE)) {
    yield* makeAccountRows(index, people, passwordHash);
    yield* makeCareerRows(index, people);
  }
  for (const people of slices(index.byTime, PEOPLE_AT_ONCE)) yield* makeFollowRows(index, people);
  const makePostRows = createPostRows(index);
  for (let from = 0; from < population.scale.posts; from += POSTS_AT_ONCE) {
    yield* makePostRows(from, Math.min(from + POSTS_AT_ONCE, population.scale.posts));
  }
}

function* slices(list: Uint32Array, size: number): Generator<Uint32Array> {
  for (let from = 0; from < list.length; from += size) yield list.subarray(from, from + size);
}
