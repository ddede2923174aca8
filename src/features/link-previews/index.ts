/** What linked pages say of themselves: title, description and picture. */
export { linkPreviewJobs } from './jobs.ts';
export { linkPreviewReactions } from './reactions.ts';
