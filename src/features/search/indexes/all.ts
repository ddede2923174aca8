import { SEARCH_KINDS, type SearchKind } from '../kinds.ts';
import { companiesIndex } from './companies.ts';
import type { IndexDefinition } from './index-definition.ts';
import { peopleIndex } from './people.ts';
import { postsIndex } from './posts.ts';
import { schoolsIndex } from './schools.ts';
import { tagsIndex } from './tags.ts';

export const indexes: Record<SearchKind, IndexDefinition> = {
  people: peopleIndex,
  posts: postsIndex,
  tags: tagsIndex,
  schools: schoolsIndex,
  companies: companiesIndex,
};

export const allIndexes: readonly IndexDefinition[] = SEARCH_KINDS.map((kind) => indexes[kind]);
