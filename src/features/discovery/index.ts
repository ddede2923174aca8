/** What is found each day for the tags people use: news, videos and blog posts of other sites. */
export { makeStripsHourly } from './make-strips.ts';
export { readStrips } from './read-discoveries.ts';
export { discoveryEndpoints } from './routes.ts';
export { Strips } from './schemas.ts';
export { toDiscovery } from './view.ts';
