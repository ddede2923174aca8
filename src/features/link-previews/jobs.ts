import * as z from 'zod';
import { Id } from '../../platform/http/schemas.ts';
import { defineSlicedJob, type Job } from '../../platform/jobs/job.ts';
import { fetchPreview } from './fetch-preview.ts';
import { findWaitingLinks } from './queries.ts';
import { savePreview } from './save-preview.ts';

/** Links read at once: fewer than an invocation may have connections. */
const AT_ONCE = 5;

/**
 * Reads the pages behind a post's links, once each. A link that has its outcome is not read again, so running twice, at
 * once or half does no harm.
 */
export const previewLinks = defineSlicedJob({
  name: 'links.preview',
  schema: z.object({ postId: Id }),
  key: ({ postId }) => postId,
  retries: 3,
  flowControl: { key: 'links.preview', parallelism: 10 },
  /** The position of the first link not yet tried. */
  position: z.number().int().min(0),
  async runChunk(ctx, { postId }, position = 0) {
    const links = await findWaitingLinks(ctx, postId, { from: position, limit: AT_ONCE });
    await Promise.all(
      links.map(async (link) => {
        const preview = await fetchPreview(ctx, link.authorId, link.url);
        ctx.deps.log.info('link read', { post: postId, position: link.position, outcome: preview.outcome });
        await savePreview(ctx, link, preview);
      }),
    );
    const last = links.at(-1);
    const next = links.length === AT_ONCE && last ? last.position + 1 : undefined;
    return { rows: links.length, next };
  },
});

export const linkPreviewJobs: readonly Job[] = [previewLinks];
