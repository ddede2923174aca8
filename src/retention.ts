import { accountExportSteps, accountPurgeSteps, accountSweeps } from './features/account/index.ts';
import { careerExportSteps, careerPurgeSteps } from './features/careers/index.ts';
import { commentExportSteps, commentPostParts, commentPurgeSteps } from './features/comments/index.ts';
import { discoverySweeps } from './features/discovery/index.ts';
import { exportPurgeSteps, exportSweeps } from './features/exports/index.ts';
import { followExportSteps, followPurgeSteps } from './features/follows/index.ts';
import { mediaExportSteps, mediaPurgeSteps, mediaSweeps } from './features/media/index.ts';
import { messageExportSteps, messagePurgeSteps } from './features/messages/index.ts';
import {
  notificationExportSteps,
  notificationPurgeSteps,
  notificationSweeps,
} from './features/notifications/index.ts';
import { postExportSteps, postPurgeSteps, sweepDeletedPosts } from './features/posts/index.ts';
import { profileExportSteps } from './features/profile/index.ts';
import { pushExportSteps, pushPurgeSteps, pushSweeps } from './features/push/index.ts';
import { rankingExportSteps, rankingPurgeSteps, rankingSweeps } from './features/ranking/index.ts';
import { reactionExportSteps, reactionPostParts, reactionPurgeSteps } from './features/reactions/index.ts';
import { reportExportSteps, reportPurgeSteps } from './features/reports/index.ts';
import { searchExportSteps, searchPurgeSteps } from './features/search/index.ts';
import { tagPostParts, tagPurgeSteps } from './features/tags/index.ts';
import { engineSweeps, type Retention } from './platform/retention.ts';

/**
 * The one page on how data ends: what is swept when its time is over, what goes 30 days after somebody left, and what
 * they can take along. docs/privacy.md says the same in words.
 */
export const retention: Retention = {
  sweeps: [
    ...engineSweeps,
    ...accountSweeps,
    ...discoverySweeps,
    ...exportSweeps,
    sweepDeletedPosts([...commentPostParts, ...reactionPostParts, ...tagPostParts]),
    ...mediaSweeps,
    ...notificationSweeps,
    ...pushSweeps,
    ...rankingSweeps,
  ],
  /** In this order. Posts go before their tags are counted anew, and the account's own row goes last. */
  purgeSteps: [
    ...postPurgeSteps,
    ...tagPurgeSteps,
    ...reactionPurgeSteps,
    ...commentPurgeSteps,
    ...careerPurgeSteps,
    ...mediaPurgeSteps,
    ...followPurgeSteps,
    ...reportPurgeSteps,
    ...notificationPurgeSteps,
    ...pushPurgeSteps,
    ...messagePurgeSteps,
    ...rankingPurgeSteps,
    ...exportPurgeSteps,
    ...searchPurgeSteps,
    ...accountPurgeSteps,
  ],
  exportSteps: [
    ...accountExportSteps,
    ...profileExportSteps,
    ...careerExportSteps,
    ...postExportSteps,
    ...mediaExportSteps,
    ...commentExportSteps,
    ...reactionExportSteps,
    ...followExportSteps,
    ...reportExportSteps,
    ...notificationExportSteps,
    ...pushExportSteps,
    ...messageExportSteps,
    ...searchExportSteps,
    ...rankingExportSteps,
  ],
};
