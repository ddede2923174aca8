import { eq, inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { choseong } from '../../platform/hangul.ts';
import { posts, postTags, tags } from '../../schema/posts.ts';

/**
 * Gives a post its tags (normalised, unique), in order. Tags that exist are linked in one statement, with shared locks
 * on them alone; only a post that brings a new one inserts into `tags`, because INSERT IGNORE of tags that exist leaves
 * a lock on the end of the table, in which posts written at the same moment would deadlock.
 */
export async function writeTags(ctx: Ctx, tx: Tx, postId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const linked = await linkTags(tx, postId, names);
  if (linked === names.length) return;
  await insertTags(ctx, tx, names);
  const added = await linkTags(tx, postId, names);
  if (linked + added !== names.length) throw new Error('a tag was not stored');
}

async function insertTags(ctx: Ctx, tx: Tx, names: readonly string[]): Promise<void> {
  const createdAt = ctx.deps.clock.now();
  await tx.db
    .insert(tags)
    .ignore()
    .values(
      // In one order always: two posts that bring the same new tags must not wait for each other in a circle.
      names
        .toSorted()
        .map((name) => ({ id: ctx.deps.ids.next(), name, choseong: choseong(name).slice(0, 30), createdAt })),
    );
}

/** Links those of the tags that exist and are not linked yet; answers how many. */
async function linkTags(tx: Tx, postId: string, names: readonly string[]): Promise<number> {
  const { rowsAffected } = await tx.db.execute(
    insertSelect(
      postTags,
      {
        postId,
        position: sql`field(${tags.name}, ${sql.join(
          names.map((name) => sql`${name}`),
          sql`, `,
        )}) - 1`,
        tagId: tags.id,
        authorId: posts.authorId,
        fieldId: posts.fieldId,
        day: posts.day,
      },
      sql`from ${tags} inner join ${posts} on ${posts.id} = ${postId} where ${inArray(tags.name, [...names])}`,
      { ignore: true },
    ),
  );
  return rowsAffected;
}

/** Takes all tags off a post; answers their ids. */
export async function removeTags(tx: Tx, postId: string): Promise<string[]> {
  const rows = await tx.db
    .select({ tagId: postTags.tagId })
    .from(postTags)
    .where(eq(postTags.postId, postId));
  if (rows.length > 0) await tx.db.delete(postTags).where(eq(postTags.postId, postId));
  return rows.map(({ tagId }) => tagId);
}
