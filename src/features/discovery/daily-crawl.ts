import { createCrawl } from './jobs.ts';
import { sources } from './sources/index.ts';

/** The crawl of every source. */
export const { jobs: discoveryJobs, schedule: crawlDaily } = createCrawl(sources);
