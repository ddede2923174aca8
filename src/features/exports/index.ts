/** Data exports: everything of one person as an archive, behind a mailed link. */
export { exportEndpoints } from './routes.ts';
export { exportReactions } from './reactions.ts';
export { exportPurgeSteps, exportSweeps } from './retention.ts';
export { exportReadyMail } from './mails.ts';
export { makeExport } from './make-export.ts';
