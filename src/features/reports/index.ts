/** Reports that users file about posts, comments and people, for staff to settle. */
export { reportEndpoints } from './routes.ts';
export { reportExportSteps, reportPurgeSteps } from './retention.ts';
