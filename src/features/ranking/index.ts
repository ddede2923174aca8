/** The career board: activity, scores, ranks by scope, their history and why they are what they are. */
export { rankingEndpoints } from './routes.ts';
export { rankingStaffEndpoints } from './staff-routes.ts';
export { rankingReactions } from './reactions.ts';
export { rankingJobs, rankHourly } from './jobs.ts';
export { rankingExportSteps, rankingPurgeSteps, rankingSweeps } from './retention.ts';
export { rankChanged } from './events.ts';
export { readRanksOf } from './standing.ts';
export { Ranks } from './schemas.ts';
