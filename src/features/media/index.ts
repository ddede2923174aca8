/** Images, files and link pictures: upload, cleaning, claiming, serving, sweeping. */
export { mediaEndpoints } from './routes.ts';
export { claimAvatar, claimForPost, type PostImage } from './claim-media.ts';
export { releaseByKeys, releaseMediaOfPosts } from './release-media.ts';
