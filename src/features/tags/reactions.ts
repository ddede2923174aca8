import { and, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { inTransaction, tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { posts, postTags, tagDays, tags } from '../../schema/posts.ts';
import { postCreated, postDeleted, postEdited } from '../posts/index.ts';

/** One count: how often, and by how many, a tag was used on a Korean day in a field. */
type TagDay = { tagId: string; day: string; fieldId: number };

const recountTags = defineReaction({
  name: 'tags.recount',
  on: [postCreated, postDeleted],
  run: (ctx, events) => recountTagsOfPosts(ctx, new Map(events.map(({ payload }) => [payload.postId, []]))),
});

const recountTagsOfEdited = defineReaction({
  name: 'tags.recount_edited',
  on: [postEdited],
  async run(ctx, events) {
    const removed = new Map<string, string[]>();
    for (const { payload } of events) {
      removed.set(payload.postId, [...(removed.get(payload.postId) ?? []), ...payload.removedTagIds]);
    }
    await recountTagsOfPosts(ctx, removed);
  },
});

/** Recounts every (tag, day, field) that the posts touch: by tags they have, and by those removed from them. */
async function recountTagsOfPosts(ctx: Ctx, removedTagIds: ReadonlyMap<string, string[]>): Promise<void> {
  const touched = await findTouched(ctx, removedTagIds);
  if (touched.length > 0) await recountTagDays(ctx, touched);
}

/** Recounts uses on days, and then the tags over all their days. */
export async function recountTagDays(ctx: Ctx, tagDayKeys: readonly TagDay[]): Promise<void> {
  const touched = uniqueTagDays(tagDayKeys);
  await recountDays(ctx, touched);
  const tagIds = [...new Set(touched.map(({ tagId }) => tagId))];
  await tryAgainWhenLost(ctx, () =>
    ctx.deps.db
      .update(tags)
      .set({
        postCount: sql`(select coalesce(sum(${tagDays.uses}), 0) from ${tagDays} where ${tagDays.tagId} = ${tags.id})`,
      })
      .where(inArray(tags.id, tagIds)),
  );
}

async function findTouched(ctx: Ctx, removedTagIds: ReadonlyMap<string, string[]>): Promise<TagDay[]> {
  const rows = await ctx.deps.db
    .select({ postId: posts.id, day: posts.day, fieldId: posts.fieldId, tagId: postTags.tagId })
    .from(posts)
    .leftJoin(postTags, eq(postTags.postId, posts.id))
    .where(inArray(posts.id, [...removedTagIds.keys()]));
  const touched = rows.flatMap(({ postId, day, fieldId, tagId }) =>
    [...(removedTagIds.get(postId) ?? []), ...(tagId === null ? [] : [tagId])].map((id) => ({
      tagId: id,
      day,
      fieldId,
    })),
  );
  return uniqueTagDays(touched);
}

function uniqueTagDays(keys: readonly TagDay[]): TagDay[] {
  const byKey = keys.map(({ tagId, day, fieldId }) => {
    const tagDay = { tagId, day, fieldId };
    return [keyOf(tagDay), tagDay] as const;
  });
  return [...new Map(byKey).values()];
}

/**
 * Takes the locks of the counted rows first, makes those that are missing, and only then reads what is committed: of two
 * at once the later has counted everything. The count is read without locks, for which posts being written would wait.
 */
async function recountDays(ctx: Ctx, tagDayKeys: TagDay[]): Promise<void> {
  const touched = tagDayKeys.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  await inTransaction(ctx, async ({ db }) => {
    await db
      .insert(tagDays)
      .values(touched.map((tagDay) => ({ ...tagDay, uses: 0 })))
      .onDuplicateKeyUpdate({ set: { uses: sql`${tagDays.uses}` } });
    const counts = await db
      .select({
        tagId: postTags.tagId,
        day: postTags.day,
        fieldId: postTags.fieldId,
        uses: sql`count(*)`.mapWith(Number),
        people: sql`count(distinct ${posts.authorId})`.mapWith(Number).as('people'),
      })
      .from(postTags)
      .innerJoin(posts, eq(posts.id, postTags.postId))
      .where(and(isOneOf(touched), isNull(posts.deletedAt)))
      .groupBy(postTags.tagId, postTags.day, postTags.fieldId);
    const countByKey = new Map(counts.map((row) => [keyOf(row), row]));
    await db
      .insert(tagDays)
      .values(touched.map((tagDay) => countByKey.get(keyOf(tagDay)) ?? { ...tagDay, uses: 0, people: 0 }))
      .onDuplicateKeyUpdate({
        set: { uses: sql`values(${tagDays.uses})`, people: sql`values(${tagDays.people})` },
      });
  });
}

/** Orders as the primary key does. */
function keyOf({ tagId, day, fieldId }: TagDay): string {
  return `${tagId.padStart(19, '0')} ${day} ${String(fieldId).padStart(3, '0')}`;
}

function isOneOf(touched: TagDay[]): SQL {
  // A row of one id as text would be compared as doubles, which ids outgrow.
  const keys = touched.map(({ tagId, day, fieldId }) => sql`(cast(${tagId} as signed), ${day}, ${fieldId})`);
  return sql`(${postTags.tagId}, ${postTags.day}, ${postTags.fieldId}) in (${sql.join(keys, sql`, `)})`;
}

export const tagReactions: readonly Reaction[] = [recountTags, recountTagsOfEdited];
