/** Search: the indexes, how they are kept up with MySQL, and what people ask of them. */
export { searchEndpoints } from './routes.ts';
export { searchReactions } from './reactions.ts';
export { syncSearch } from './sync.ts';
export { rebuildSearch } from './rebuild.ts';
export { keepSearchIndexes } from './keep-indexes.ts';
export { searchExportSteps, searchPurgeSteps } from './retention.ts';
export { SEARCH_KINDS, type SearchKind } from './kinds.ts';
export { searchRebuildAsked } from './events.ts';
