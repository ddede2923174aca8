/** Follows and blocks between people: who follows whom, and who may not meet whom. */
export { followEndpoints } from './routes.ts';
export { followReactions } from './reactions.ts';
export { personBlocked, personFollowed, personUnblocked, personUnfollowed } from './events.ts';
export { followExportSteps, followPurgeSteps } from './retention.ts';
