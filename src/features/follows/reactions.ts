import { defineReaction, type Reaction } from '../../platform/events.ts';
import { personBlocked, personFollowed, personUnfollowed } from './events.ts';
import { recountFollowers, recountFollowings } from './recount.ts';

const recountAfterFollows = defineReaction({
  name: 'follows.recount_after_follows',
  on: [personFollowed, personUnfollowed],
  async run({ deps }, events) {
    await recountFollowers(
      deps.db,
      events.map(({ payload }) => payload.followeeId),
    );
    await recountFollowings(
      deps.db,
      events.map(({ payload }) => payload.followerId),
    );
  },
});

const recountAfterBlocks = defineReaction({
  name: 'follows.recount_after_blocks',
  on: [personBlocked],
  async run({ deps }, events) {
    const ids = events.flatMap(({ payload }) => [payload.blockerId, payload.blockedId]);
    await recountFollowers(deps.db, ids);
    await recountFollowings(deps.db, ids);
  },
});

export const followReactions: readonly Reaction[] = [recountAfterFollows, recountAfterBlocks];
