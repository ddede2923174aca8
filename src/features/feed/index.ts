/** The home feed. */
export { feedEndpoints } from './routes.ts';
