import { purgeLeftAccounts } from './features/account/index.ts';
import { crawlDaily, makeStripsHourly } from './features/discovery/index.ts';
import { rankHourly } from './features/ranking/index.ts';
import { keepSearchIndexes } from './features/search/index.ts';
import { collectGivenUp } from './platform/jobs/collect-given-up.ts';
import { startSweep } from './platform/retention.ts';
import { createSchedules } from './platform/schedules.ts';

/** The one page that names everything done at a time. */
export const schedules = createSchedules([
  collectGivenUp,
  crawlDaily,
  keepSearchIndexes,
  makeStripsHourly,
  purgeLeftAccounts,
  rankHourly,
  startSweep,
]);
