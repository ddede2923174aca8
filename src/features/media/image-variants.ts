import type { Ctx } from '../../platform/context.ts';
import { describeError } from '../../platform/log.ts';

/** Widths (pixels) in which pictures are offered: a closed list, because each new one costs. */
export const VARIANT_WIDTHS = [160, 480, 1080] as const;
export type VariantWidth = (typeof VARIANT_WIDTHS)[number];

const VARIANT_TYPE = 'image/webp';

export type Variant = { bytes: ArrayBuffer | ReadableStream; size: number; contentType: string };

/** Where a picture's smaller form is kept, beside it. */
export function variantKey(key: string, width: VariantWidth): string {
  return `${key}/${width}`;
}

/** Every object that belongs to a key. */
export function objectKeys(key: string): string[] {
  return [key, ...VARIANT_WIDTHS.map((width) => variantKey(key, width))];
}

/**
 * A stored picture at a smaller width, as WebP. Made by the platform's image service when it is first asked for and kept
 * beside the original, because every call of the service is charged and none is cached. Undefined when the service
 * cannot serve this picture: then the original does.
 */
export async function findVariant(ctx: Ctx, key: string, width: VariantWidth): Promise<Variant | undefined> {
  const { media, images } = ctx.deps;
  const kept = await media.get(variantKey(key, width));
  if (kept) return { bytes: kept.body, size: kept.size, contentType: VARIANT_TYPE };
  const original = await media.get(key);
  if (!original) return undefined;
  try {
    const result = await images
      .input(original.body)
      .transform({ width, fit: 'scale-down' })
      .output({ format: VARIANT_TYPE });
    const bytes = await result.response().arrayBuffer();
    ctx.deps.afterAnswer(keepVariant(ctx, variantKey(key, width), bytes));
    return { bytes, size: bytes.byteLength, contentType: VARIANT_TYPE };
  } catch (error) {
    ctx.deps.log.warn('picture served in its own size', describeError(error));
    return undefined;
  }
}

async function keepVariant({ deps }: Ctx, key: string, bytes: ArrayBuffer): Promise<void> {
  try {
    await deps.media.put(key, bytes, { httpMetadata: { contentType: VARIANT_TYPE } });
  } catch (error) {
    deps.log.warn('picture variant not kept', describeError(error));
  }
}
