import { accountExportSteps, accountPurgeSteps, accountSweeps } from './features/account/index.ts';
import { exportPurgeSteps, exportSweeps } from './features/exports/index.ts';
import { followExportSteps, followPurgeSteps } from './features/follows/index.ts';
import { profileExportSteps } from './features/profile/index.ts';
import { reportExportSteps, reportPurgeSteps } from './features/reports/index.ts';
import { mediaExportSteps, mediaPurgeSteps, mediaSweeps } from './features/media/index.ts';
import { engineSweeps, type Retention } from './platform/retention.ts';

/**
 * The one page on how data ends: what is swept when its time is over, what goes 30 days after somebody left, and what
 * they can take along. docs/privacy.md says the same in words.
 */
export const retention: Retention = {
  sweeps: [...engineSweeps, ...accountSweeps, ...exportSweeps, ...mediaSweeps],
  purgeSteps: [
    ...mediaPurgeSteps,
    ...followPurgeSteps,
    ...reportPurgeSteps,
    ...exportPurgeSteps,
    ...accountPurgeSteps,
  ],
  exportSteps: [
    ...accountExportSteps,
    ...mediaExportSteps,
    ...profileExportSteps,
    ...followExportSteps,
    ...reportExportSteps,
  ],
};
