import { purgeAccount } from './features/account/index.ts';
import { discoveryJobs } from './features/discovery/index.ts';
import { makeExport } from './features/exports/index.ts';
import { sendMail } from './features/mails/index.ts';
import { linkPreviewJobs } from './features/link-previews/index.ts';
import { sendPushes } from './features/push/index.ts';
import { rankingJobs } from './features/ranking/index.ts';
import { rebuildSearch, syncSearch } from './features/search/index.ts';
import { createJobs } from './platform/jobs/job.ts';
import { sweepExpired } from './platform/retention.ts';
import { drainOutbox } from './platform/sweep-outbox.ts';

/** The one page that names every job. What is not here is refused when QStash delivers it. */
export const jobs = createJobs([
  drainOutbox,
  sweepExpired,
  ...linkPreviewJobs,
  sendMail,
  sendPushes,
  purgeAccount,
  makeExport,
  syncSearch,
  rebuildSearch,
  ...rankingJobs,
  ...discoveryJobs,
]);
