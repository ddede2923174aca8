/** Pushes to devices: who takes them, and the job that sends them at most once. */
export { pushEndpoints } from './routes.ts';
export { pushReactions } from './reactions.ts';
export { requestPushes, type WantedPush } from './request-push.ts';
export { isNight, sendPushes } from './jobs.ts';
export { pushExportSteps, pushPurgeSteps, pushSweeps } from './retention.ts';
