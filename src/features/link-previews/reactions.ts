import { defineReaction, type Reaction } from '../../platform/events.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { postCreated } from '../posts/index.ts';
import { previewLinks } from './jobs.ts';
import { findPostsWithWaitingLinks } from './queries.ts';

/** A new post's links are read by a job: the other side may be slow. Links do not change when a post is edited. */
const previewLinksOfPosts = defineReaction({
  name: 'link_previews.enqueue',
  on: [postCreated],
  async run(ctx, events) {
    const postIds = await findPostsWithWaitingLinks(
      ctx,
      events.map(({ payload }) => payload.postId),
    );
    await enqueue(
      ctx,
      previewLinks,
      postIds.map((postId) => ({ postId })),
    );
  },
});

export const linkPreviewReactions: readonly Reaction[] = [previewLinksOfPosts];
