import { jobReactions } from './platform/jobs/replay.ts';
import { createReactions } from './platform/outbox.ts';
import { accountReactions } from './features/account/index.ts';
import { careerReactions } from './features/careers/index.ts';
import { commentReactions } from './features/comments/index.ts';
import { exportReactions } from './features/exports/index.ts';
import { followReactions } from './features/follows/index.ts';
import { linkPreviewReactions } from './features/link-previews/index.ts';
import { messageReactions } from './features/messages/index.ts';
import { notificationReactions } from './features/notifications/index.ts';
import { postReactions } from './features/posts/index.ts';
import { profileReactions } from './features/profile/index.ts';
import { pushReactions } from './features/push/index.ts';
import { rankingReactions } from './features/ranking/index.ts';
import { reactionReactions } from './features/reactions/index.ts';
import { realtimeReactions } from './features/realtime/index.ts';
import { searchReactions } from './features/search/index.ts';
import { tagReactions } from './features/tags/index.ts';

/** The one page that says which feature reacts to which event. Each reaction names its events itself. */
export const reactions = createReactions([
  ...jobReactions,
  ...accountReactions,
  ...exportReactions,
  ...followReactions,
  ...profileReactions,
  ...careerReactions,
  ...postReactions,
  ...linkPreviewReactions,
  ...commentReactions,
  ...reactionReactions,
  ...tagReactions,
  ...rankingReactions,
  ...searchReactions,
  ...realtimeReactions,
  ...pushReactions,
  ...messageReactions,
  ...notificationReactions,
]);
