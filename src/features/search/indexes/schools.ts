import { loadDirectory, type SchoolEntry } from '../../schools/index.ts';
import { fragmentTokens, titleTokens } from '../typed-words.ts';
import { schoolNameTokens } from './directory-tokens.ts';
import type { IndexDefinition } from './index-definition.ts';
import { commonSettings, noTypos } from './settings.ts';

/** Schools, which are few: found by any part of their names, too. */
export const schoolsIndex: IndexDefinition = {
  kind: 'schools',
  version: 1,
  settings: {
    ...commonSettings,
    searchableAttributes: ['typed', 'parts'],
    displayedAttributes: ['id'],
    rankingRules: ['words', 'attribute', 'proximity', 'exactness'],
    typoTolerance: noTypos,
  },
  async listIds(ctx, after = '0', limit) {
    const { schoolById } = await loadDirectory(ctx);
    const ids = [...schoolById.keys()].filter((id) => id > Number(after)).toSorted((a, b) => a - b);
    return ids.slice(0, limit).map(String);
  },
  async load(ctx, ids) {
    const { schoolById } = await loadDirectory(ctx);
    return ids.flatMap((id) => {
      const school = schoolById.get(Number(id));
      if (!school) return [];
      const typed = schoolNameTokens(school).join(' ');
      return { id, typed, parts: partsOf(school).join(' ') };
    });
  },
};

function partsOf({ nameKo, region }: SchoolEntry): string[] {
  return [...titleTokens(region), ...fragmentTokens(nameKo)];
}

/** What a school is found by. */
export function schoolTokens(school: SchoolEntry): string[] {
  return [...schoolNameTokens(school), ...partsOf(school)];
}
