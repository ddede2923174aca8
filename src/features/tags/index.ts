/** Tags: completion, their pages, and what is trending. Posts write them; here their uses are counted. */
export { tagEndpoints } from './routes.ts';
export { tagReactions } from './reactions.ts';
export { tagPurgeSteps } from './retention.ts';
export { readTrending } from './trending.ts';
