import type { Ctx } from '../../platform/context.ts';
import { decodeText } from '../../platform/decode-text.ts';
import { AppError } from '../../platform/errors.ts';
import {
  fetchOpen,
  OpenFetchError,
  type OpenFetchOptions,
  type OpenFetchOutcome,
} from '../../platform/open-host-fetch.ts';
import { MAX_SMALL_IMAGE_BYTES, storePreviewPicture } from '../media/index.ts';
import { readPreview } from './read-preview.ts';

/** Why a link has a preview or none: a closed set, kept for support. */
export type PreviewOutcome = 'ok' | 'no_title' | 'not_html' | Exclude<OpenFetchOutcome, 'wrong_type'>;

export type FetchedPreview = {
  outcome: PreviewOutcome;
  title: string | null;
  description: string | null;
  pictureKey: string | null;
};

const PAGE: OpenFetchOptions = {
  accept: 'text/html,application/xhtml+xml;q=0.9',
  isWanted: (type) => type === 'text/html' || type === 'application/xhtml+xml',
  maxBytes: 1024 * 1024,
  whenLarger: 'cut',
  timeoutMs: 5000,
};

/** Page and picture together stay within one slice of a job. */
const PICTURE: OpenFetchOptions = {
  accept: 'image/webp,image/png,image/jpeg,image/gif',
  // Its content decides.
  isWanted: () => true,
  maxBytes: MAX_SMALL_IMAGE_BYTES,
  whenLarger: 'refuse',
  timeoutMs: 3000,
};

/**
 * Reads what the page behind a link says of itself and copies its picture into storage, in the name of `ownerId`, so
 * that readers never meet the linked host. Whatever the page does is an outcome, never an error; a picture that cannot
 * be had is left out.
 */
export async function fetchPreview(ctx: Ctx, ownerId: string, link: string): Promise<FetchedPreview> {
  try {
    const page = await fetchOpen(ctx.deps, link, PAGE);
    const {
      title,
      description = null,
      picture,
      base,
    } = readPreview(decodeText(page.bytes, page.contentType));
    if (title === undefined) return without('no_title');
    const address = picture && URL.parse(picture, URL.parse(base ?? '', page.url) ?? page.url)?.href;
    const pictureKey = address ? await copyPicture(ctx, ownerId, address) : null;
    return { outcome: 'ok', title, description, pictureKey };
  } catch (error) {
    if (!(error instanceof OpenFetchError)) throw error;
    return without(error.outcome === 'wrong_type' ? 'not_html' : error.outcome);
  }
}

function without(outcome: PreviewOutcome): FetchedPreview {
  return { outcome, title: null, description: null, pictureKey: null };
}

async function copyPicture(ctx: Ctx, ownerId: string, address: string): Promise<string | null> {
  try {
    return await storePreviewPicture(ctx, ownerId, async () => {
      // Pages still name pictures by http whose hosts have long answered on https.
      const { bytes } = await fetchOpen(ctx.deps, address.replace(/^http:/, 'https:'), PICTURE);
      return bytes;
    });
  } catch (error) {
    const isPictureAtFault =
      error instanceof OpenFetchError || (error instanceof AppError && error.code.startsWith('image_'));
    if (isPictureAtFault) return null;
    throw error;
  }
}
