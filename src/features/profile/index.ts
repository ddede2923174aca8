/** Profiles: what a person's page shows, and how one changes one's own. */
export { profileEndpoints } from './routes.ts';
export { profileReactions } from './reactions.ts';
export { profileEdited } from './events.ts';
export { profileExportSteps } from './retention.ts';
