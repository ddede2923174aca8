const MEBIBYTE = 1024 * 1024;

/** Largest image of a post, in bytes and pixels. */
export const MAX_IMAGE_BYTES = 10 * MEBIBYTE;
export const MAX_IMAGE_PIXELS = 50_000_000;

/** Largest profile picture and link picture. */
export const MAX_SMALL_IMAGE_BYTES = 5 * MEBIBYTE;
export const MAX_SMALL_IMAGE_PIXELS = 25_000_000;

/** Largest file, and all files of one post together. */
export const MAX_FILE_BYTES = 30 * MEBIBYTE;

/** All files of one person. */
export const MAX_FILE_BYTES_A_PERSON = 300 * MEBIBYTE;

/** How long an upload waits for a post or a profile to claim it (milliseconds). */
export const CLAIMABLE_MS = 24 * 3600_000;

/** An upload that has not come to its end by this is taken for dead (milliseconds). */
export const UPLOADING_MS = 3600_000;

/** Images and files of one person an hour. */
export const UPLOADS_AN_HOUR = 100;
