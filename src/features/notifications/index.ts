/** Notifications: what people are told of others' deeds, and which of it they want. */
export { notificationEndpoints } from './routes.ts';
export { notificationReactions } from './reactions.ts';
export { countUnreadNotifications } from './queries.ts';
export { filterWanting } from './notify.ts';
export { notificationExportSteps, notificationPurgeSteps, notificationSweeps } from './retention.ts';
