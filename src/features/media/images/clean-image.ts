import { AppError } from '../../../platform/errors.ts';
import { asciiAt, ensure } from './byte-reader.ts';
import { cleanGif } from './clean-gif.ts';
import { cleanJpeg } from './clean-jpeg.ts';
import { cleanPng } from './clean-png.ts';
import { cleanWebp } from './clean-webp.ts';
import type { Cleaner, CleanImage } from './cleaner.ts';

/**
 * Finds out by content what an image is and removes whatever is not the picture: Exif with places and times, XMP, IPTC,
 * comments, thumbnails, and anything appended. Only colour and orientation stay. Throws `image_heic`,
 * `image_not_supported`, `image_broken` (also for one that is cut off) or `image_too_many_pixels`.
 */
export function cleanImage(bytes: Uint8Array, maxPixels: number): CleanImage {
  const clean = chooseCleaner(bytes);
  return clean(bytes, (width, height) => {
    ensure(width > 0 && height > 0);
    if (width * height > maxPixels) throw new AppError('image_too_many_pixels');
  });
}

function chooseCleaner(bytes: Uint8Array): Cleaner {
  const start = asciiAt(bytes, 0, 12);
  if (start.startsWith('\xff\xd8\xff')) return cleanJpeg;
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return cleanPng;
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return cleanGif;
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return cleanWebp;
  throw new AppError(isHeic(bytes) ? 'image_heic' : 'image_not_supported');
}

/** HEIF by its file type box (ISO 14496-12): one of its brands says so. AVIF has brands of its own. */
function isHeic(bytes: Uint8Array): boolean {
  if (asciiAt(bytes, 4, 4) !== 'ftyp') return false;
  const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  const brands = asciiAt(bytes, 8, Math.min(length, 128) - 8);
  return /hei[cxms]|hev[cxms]/.test(brands) || (/mif1|msf1/.test(brands) && !/avi[fs]/.test(brands));
}
