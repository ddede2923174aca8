/** What is found each day for the tags people use: news, videos and blog posts of other sites. */
export { crawlDaily, discoveryJobs } from './daily-crawl.ts';
export { makeStripsHourly } from './make-strips.ts';
export { readStrips } from './read-discoveries.ts';
export { discoverySweeps } from './retention.ts';
export { discoveryEndpoints } from './routes.ts';
export { Strips } from './schemas.ts';
export { discoveryStaffEndpoints } from './staff-routes.ts';
export { toDiscovery } from './view.ts';
