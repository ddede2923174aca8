import { and, eq, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { postLinks, posts } from '../../schema/posts.ts';
import { claimPreviewPicture } from '../media/index.ts';
import type { FetchedPreview } from './fetch-preview.ts';
import type { WaitingLink } from './queries.ts';

/**
 * Gives a link its preview, once, while its post is there. The picture is shown from then on; when another run was
 * quicker or the post is gone, it stays unclaimed and is swept.
 */
export async function savePreview(ctx: Ctx, link: WaitingLink, preview: FetchedPreview): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db
      .update(postLinks)
      .set({ ...preview, state: preview.outcome === 'ok' ? 'ready' : 'failed' })
      .where(
        and(
          eq(postLinks.postId, link.postId),
          eq(postLinks.position, link.position),
          eq(postLinks.state, 'waiting'),
          sql`exists (select 1 from ${posts} where ${posts.id} = ${link.postId} and ${posts.deletedAt} is null)`,
        ),
      );
    if (rowsAffected === 1 && preview.pictureKey !== null) await claimPreviewPicture(tx, preview.pictureKey);
  });
}
