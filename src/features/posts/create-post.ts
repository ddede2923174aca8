import type * as z from 'zod';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { hashInput } from '../../platform/input-hash.ts';
import { koreanDay } from '../../platform/korea-time.ts';
import { users } from '../../schema/accounts.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { postLinks, posts } from '../../schema/posts.ts';
import { requireVisibleCareer } from '../careers/index.ts';
import { claimForPost } from '../media/index.ts';
import { postCreated } from './events.ts';
import type { CreatePost } from './schemas.ts';
import { writeTags } from './write-tags.ts';

type NewPost = z.output<typeof CreatePost>;
type Made = { id: string; careerId: string; createdAt: Date };
/** What tells a repeat. */
type Sent = { clientKey: string; inputHash: string };

/**
 * Writes a post in a career of one's own. The same `clientKey` answers with the post it made before, whatever has been
 * edited since. Throws `post_empty`, `post_images_or_links`, `career_not_found`, `career_not_yours`, `media_not_found`,
 * `post_files_too_large`, `idempotency_key_reused`, or `post_not_found` when the post it made is gone by now.
 */
export async function createPost(ctx: UserCtx, input: NewPost, clientKey: string | undefined): Promise<Made> {
  requireContent(input);
  const sent = clientKey === undefined ? undefined : { clientKey, inputHash: await hashInput(input) };
  try {
    return await insertPost(ctx, input, sent);
  } catch (error) {
    if (!sent || !isDuplicateKey(error, 'posts.posts_client_key')) throw error;
    return findRepeated(ctx, sent);
  }
}

function requireContent({ text, images, links }: NewPost): void {
  if (images.length > 0 && links.length > 0) throw new AppError('post_images_or_links');
  if (text === '' && images.length === 0 && links.length === 0) throw new AppError('post_empty');
}

function insertPost(ctx: UserCtx, input: NewPost, sent: Sent | undefined): Promise<Made> {
  const { deps, actor } = ctx;
  return inTransaction(ctx, async (tx) => {
    const made = { id: deps.ids.next(), careerId: input.careerId, createdAt: deps.clock.now() };
    await insertInCareer(ctx, tx, made, { text: input.text, ...sent });
    await writeTags(ctx, tx, made.id, input.tags);
    if (input.links.length > 0) {
      await tx.db
        .insert(postLinks)
        .values(
          input.links.map((url, position) => ({ postId: made.id, position, url, state: 'waiting' as const })),
        );
    }
    await claimForPost(ctx, tx, {
      ownerId: actor.userId,
      postId: made.id,
      images: input.images,
      fileIds: input.files.map(({ mediaId }) => mediaId),
    });
    tx.emit(postCreated, { postId: made.id, authorId: actor.userId, careerId: made.careerId });
    return made;
  });
}

/** Holds that the career exists and the author belongs to it at the moment of writing. */
async function insertInCareer(
  ctx: UserCtx,
  tx: Tx,
  made: Made,
  content: { text: string } & Partial<Sent>,
): Promise<void> {
  const { userId } = ctx.actor;
  const { rowsAffected } = await tx.db.execute(
    insertSelect(
      posts,
      {
        ...made,
        ...content,
        authorId: userId,
        schoolId: users.schoolId,
        fieldId: users.fieldId,
        day: koreanDay(made.createdAt),
      },
      sql`from ${users} inner join ${careerMembers} on ${careerMembers.userId} = ${users.id} inner join ${careers} on ${careers.id} = ${careerMembers.careerId} where ${and(
        eq(users.id, userId),
        isNull(users.leftAt),
        eq(careerMembers.careerId, made.careerId),
        eq(careerMembers.state, 'active'),
        isNull(careers.deletedAt),
      )}`,
    ),
  );
  if (rowsAffected === 1) return;
  await requireVisibleCareer(ctx, made.careerId);
  throw new AppError('career_not_yours');
}

async function findRepeated(ctx: UserCtx, { clientKey, inputHash }: Sent): Promise<Made> {
  const [earlier] = await ctx.deps.db
    .select({
      id: posts.id,
      careerId: posts.careerId,
      createdAt: posts.createdAt,
      inputHash: posts.inputHash,
      deletedAt: posts.deletedAt,
    })
    .from(posts)
    .where(and(eq(posts.authorId, ctx.actor.userId), eq(posts.clientKey, clientKey)));
  if (earlier && earlier.inputHash !== inputHash) throw new AppError('idempotency_key_reused');
  if (!earlier || earlier.deletedAt) throw new AppError('post_not_found');
  return earlier;
}
