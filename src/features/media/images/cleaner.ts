type ImageType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif';

/** An image as it is stored. Width and height as people see it, its orientation applied. */
export type CleanImage = { contentType: ImageType; bytes: Uint8Array; width: number; height: number };

/** Throws when the picture is empty or has too many pixels; called before anything is copied. */
export type CheckSize = (width: number, height: number) => void;

/** Rewrites one format, keeping what a decoder needs and nothing else. Throws `image_broken` at the first oddity. */
export type Cleaner = (bytes: Uint8Array, checkSize: CheckSize) => CleanImage;
