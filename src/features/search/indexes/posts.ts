import { and, asc, eq, gt, inArray, isNull } from 'drizzle-orm';
import type { Ctx } from '../../../platform/context.ts';
import { users } from '../../../schema/accounts.ts';
import { careers } from '../../../schema/careers.ts';
import { posts, postTags, tags } from '../../../schema/posts.ts';
import type { IndexDefinition } from './index-definition.ts';
import { commonSettings, dictionary, stopWords, synonyms, typosInText } from './settings.ts';

/** Equal ones newest first. */
export const postsIndex: IndexDefinition = {
  kind: 'posts',
  version: 1,
  settings: {
    ...commonSettings,
    searchableAttributes: ['tags', 'career', 'text'],
    displayedAttributes: ['id', 'tags', 'career', 'text'],
    filterableAttributes: ['authorId', 'schoolId', 'fieldId', 'createdAt'],
    rankingRules: ['words', 'typo', 'proximity', 'attribute', 'exactness', 'createdAt:desc'],
    typoTolerance: { ...typosInText, disableOnAttributes: ['tags'] },
    stopWords,
    dictionary,
    synonyms,
  },
  async listIds({ deps }, after = '0', limit) {
    const rows = await deps.db
      .select({ id: posts.id })
      .from(posts)
      .where(gt(posts.id, after))
      .orderBy(asc(posts.id))
      .limit(limit);
    return rows.map(({ id }) => id);
  },
  async load(ctx, ids) {
    const [rows, tagsByPost] = await Promise.all([readPosts(ctx, ids), readTags(ctx, ids)]);
    return rows.map(({ createdAt, ...row }) => ({
      ...row,
      tags: tagsByPost.get(row.id) ?? [],
      /** Seconds since 1970, as filters and ranking want a number. */
      createdAt: Math.floor(createdAt.getTime() / 1000),
    }));
  },
};

function readPosts({ deps }: Ctx, ids: readonly string[]) {
  return deps.db
    .select({
      id: posts.id,
      authorId: posts.authorId,
      text: posts.text,
      career: careers.name,
      schoolId: posts.schoolId,
      fieldId: posts.fieldId,
      createdAt: posts.createdAt,
    })
    .from(posts)
    .innerJoin(careers, eq(careers.id, posts.careerId))
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(
      and(
        inArray(posts.id, [...ids]),
        isNull(posts.deletedAt),
        isNull(users.leftAt),
        isNull(users.suspendedAt),
      ),
    );
}

async function readTags({ deps }: Ctx, ids: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await deps.db
    .select({ postId: postTags.postId, name: tags.name })
    .from(postTags)
    .innerJoin(tags, eq(tags.id, postTags.tagId))
    .where(inArray(postTags.postId, [...ids]))
    .orderBy(asc(postTags.postId), asc(postTags.position));
  return new Map(
    [...Map.groupBy(rows, ({ postId }) => postId)].map(([postId, own]) => [
      postId,
      own.map(({ name }) => name),
    ]),
  );
}
