/** Images, files and link pictures: upload, cleaning, claiming, serving, sweeping. */
export { claimAvatar, claimForPost, type PostImage } from './claim-media.ts';
export { releaseByKeys, releaseMediaOfPosts } from './release-media.ts';
