/** Tags: completion, their pages, and what is trending. Posts write them; here their uses are counted. */
export { tagEndpoints } from './routes.ts';
export { tagReactions } from './reactions.ts';
export { tagPostParts, tagPurgeSteps } from './retention.ts';
export { readTrending } from './trending.ts';
