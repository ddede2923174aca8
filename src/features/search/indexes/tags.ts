import { asc, gt, inArray, sql } from 'drizzle-orm';
import { posts, postTags, tags } from '../../../schema/posts.ts';
import { titleTokens } from '../typed-words.ts';
import type { IndexDefinition } from './index-definition.ts';
import { commonSettings, noTypos } from './settings.ts';

/** The tag exactly as typed first, then the most used. */
export const tagsIndex: IndexDefinition = {
  kind: 'tags',
  version: 1,
  settings: {
    ...commonSettings,
    searchableAttributes: ['typed'],
    displayedAttributes: ['id'],
    rankingRules: ['words', 'exactness', 'postCount:desc'],
    typoTolerance: noTypos,
  },
  async listIds({ deps }, after = '0', limit) {
    const rows = await deps.db
      .select({ id: tags.id })
      .from(tags)
      .where(gt(tags.id, after))
      .orderBy(asc(tags.id))
      .limit(limit);
    return rows.map(({ id }) => id);
  },
  async load({ deps }, ids) {
    // Whether a tag is in use is asked of the posts: its count may not have been taken yet.
    const isUsed = sql`exists (select 1 from ${postTags} as used inner join ${posts} as written on written.id = used.post_id where used.tag_id = ${tags}.id and written.deleted_at is null)`;
    const rows = await deps.db
      .select({ id: tags.id, name: tags.name, postCount: tags.postCount, isUsed: isUsed.mapWith(Number) })
      .from(tags)
      .where(inArray(tags.id, [...ids]));
    return rows
      .filter((row) => row.isUsed === 1)
      .map(({ id, name, postCount }) => ({ id, typed: titleTokens(name).join(' '), postCount }));
  },
};
