/** Comments and replies under posts, and who may see them. */
export { commentEndpoints } from './routes.ts';
export { commentReactions } from './reactions.ts';
export { commentCreated, commentDeleted } from './events.ts';
export { findVisibleComment } from './queries.ts';
export { commentExportSteps, commentPostParts, commentPurgeSteps } from './retention.ts';
