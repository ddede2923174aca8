import type { Ctx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { parseRange, type ByteRange } from './byte-range.ts';
import { attachment } from './content-disposition.ts';
import { findVariant, type VariantWidth } from './image-variants.ts';
import { findServable, type Servable } from './queries.ts';

/** Objects never change, but may go: devices keep them, caches that others share do not. */
const CACHE_CONTROL = 'private, max-age=31536000, immutable';
/** Even if a browser were made to show one as a page, nothing in it may run or load. */
const CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * Answers a claimed object: pictures to be shown, files as downloads only. Understands `If-None-Match`, `Range` and
 * `If-Range`. Throws `not_found` and `range_not_satisfiable`.
 */
export async function serveMedia(
  ctx: Ctx,
  key: string,
  width: VariantWidth | undefined,
  asked: Headers,
): Promise<Response> {
  const row = await findServable(ctx, key);
  if (!row) throw new AppError('not_found');
  const isSmaller = width !== undefined && row.kind !== 'file' && (row.width ?? 0) > width;
  const etag = isSmaller ? `"${key}-${width}"` : `"${key}"`;
  const headers = baseHeaders(row, etag);
  if (namesTag(asked.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  const variant = isSmaller ? await findVariant(ctx, key, width) : undefined;
  if (variant) {
    headers.set('content-type', variant.contentType);
    headers.set('content-length', String(variant.size));
    headers.set('accept-ranges', 'none');
    return new Response(variant.bytes, { headers });
  }
  return serveOriginal(ctx, key, row, { headers, range: chooseRange(asked, etag, row.size) });
}

function baseHeaders(row: Servable, etag: string): Headers {
  const isFile = row.kind === 'file';
  return new Headers({
    'content-type': isFile ? 'application/octet-stream' : row.contentType,
    'content-disposition': isFile ? attachment(row.fileName ?? 'file') : 'inline',
    'content-security-policy': CONTENT_POLICY,
    'x-content-type-options': 'nosniff',
    'cache-control': CACHE_CONTROL,
    'accept-ranges': 'bytes',
    etag,
  });
}

function chooseRange(asked: Headers, etag: string, size: number): ByteRange | undefined {
  const condition = asked.get('if-range');
  if (condition !== null && condition.trim() !== etag) return undefined;
  const range = parseRange(asked.get('range'), size);
  if (range !== 'unsatisfiable') return range;
  throw new AppError('range_not_satisfiable', { headers: { 'content-range': `bytes */${size}` } });
}

async function serveOriginal(
  { deps }: Ctx,
  key: string,
  row: Servable,
  { headers, range }: { headers: Headers; range: ByteRange | undefined },
): Promise<Response> {
  const object = await deps.media.get(key, range ? { range } : {});
  if (!object) {
    deps.log.error('claimed object is missing');
    throw new AppError('not_found');
  }
  headers.set('content-length', String(range?.length ?? row.size));
  if (range) {
    headers.set('content-range', `bytes ${range.offset}-${range.offset + range.length - 1}/${row.size}`);
  }
  return new Response(object.body, { status: range ? 206 : 200, headers });
}

/** `If-None-Match`: any of the tags, compared weakly, or `*`. */
function namesTag(header: string | null, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
