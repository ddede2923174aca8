import { and, asc, eq, gt, inArray, isNull } from 'drizzle-orm';
import { users } from '../../../schema/accounts.ts';
import { titleTokens } from '../typed-words.ts';
import type { IndexDefinition } from './index-definition.ts';
import { commonSettings, stopWords, synonyms, typosInText } from './settings.ts';

/** Companies, of which there are none yet. */
export const companiesIndex: IndexDefinition = {
  kind: 'companies',
  version: 1,
  settings: {
    ...commonSettings,
    searchableAttributes: ['typed', 'introduction'],
    displayedAttributes: ['id', 'introduction'],
    filterableAttributes: ['fieldId'],
    rankingRules: ['words', 'typo', 'exactness', 'attribute', 'proximity', 'followerCount:desc'],
    typoTolerance: { ...typosInText, disableOnAttributes: ['typed'] },
    stopWords,
    synonyms,
  },
  async listIds({ deps }, after = '0', limit) {
    const rows = await deps.db
      .select({ id: users.id })
      .from(users)
      .where(and(gt(users.id, after), eq(users.kind, 'company')))
      .orderBy(asc(users.id))
      .limit(limit);
    return rows.map(({ id }) => id);
  },
  async load({ deps }, ids) {
    const rows = await deps.db
      .select({
        id: users.id,
        name: users.name,
        fieldId: users.fieldId,
        introduction: users.introduction,
        followerCount: users.followerCount,
      })
      .from(users)
      .where(
        and(
          inArray(users.id, [...ids]),
          eq(users.kind, 'company'),
          isNull(users.leftAt),
          isNull(users.suspendedAt),
        ),
      );
    return rows.map(({ name, ...row }) => ({ ...row, typed: titleTokens(name).join(' ') }));
  },
};
