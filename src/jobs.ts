import { createJobs } from './platform/jobs/job.ts';

/** The one page that names every job. What is not here is refused when QStash delivers it. */
export const jobs = createJobs([]);
