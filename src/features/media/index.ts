/** Images, files and link pictures: upload, cleaning, claiming, serving, sweeping. */
export { mediaEndpoints } from './routes.ts';
export { mediaExportSteps, mediaPurgeSteps, mediaSweeps } from './retention.ts';
export { claimAvatar, claimForPost, type PostImage } from './claim-media.ts';
export { releaseByKeys, releaseMediaOfPosts } from './release-media.ts';
export { claimPreviewPicture, storePreviewPicture } from './preview-picture.ts';
export { MAX_SMALL_IMAGE_BYTES } from './limits.ts';
