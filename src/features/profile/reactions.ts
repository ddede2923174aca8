import { and, eq, inArray, isNull, ne, or } from 'drizzle-orm';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { users } from '../../schema/accounts.ts';
import { media } from '../../schema/posts.ts';
import { releaseByKeys } from '../media/index.ts';
import { profileEdited } from './events.ts';

/** Profile pictures that were replaced go. A picture is claimed once, so one that is not shown now never will be. */
const releaseOldAvatars = defineReaction({
  name: 'profile.release_old_avatars',
  on: [profileEdited],
  async run(ctx, events) {
    const userIds = [...new Set(events.map(({ payload }) => payload.userId))];
    const old = await ctx.deps.db
      .select({ key: media.key })
      .from(media)
      .innerJoin(users, eq(users.id, media.ownerId))
      .where(
        and(
          inArray(media.ownerId, userIds),
          eq(media.state, 'claimed'),
          eq(media.kind, 'avatar'),
          or(isNull(users.avatarKey), ne(users.avatarKey, media.key)),
        ),
      );
    await releaseByKeys(
      ctx,
      old.map(({ key }) => key),
    );
  },
});

export const profileReactions: readonly Reaction[] = [releaseOldAvatars];
