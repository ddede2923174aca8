import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Id } from '../../platform/http/schemas.ts';

const FollowPayload = z.object({ followerId: Id, followeeId: Id });
const BlockPayload = z.object({ blockerId: Id, blockedId: Id });

/** Somebody began to follow somebody. */
export const personFollowed = defineEvent('person.followed', FollowPayload);
/** A follow ended: by the follower, or by the followed who removed them. Not by a block. */
export const personUnfollowed = defineEvent('person.unfollowed', FollowPayload);
/** Somebody blocked somebody; both follows between them, if any, are gone with it. */
export const personBlocked = defineEvent('person.blocked', BlockPayload);
/** A block was lifted. Nothing that it removed comes back. */
export const personUnblocked = defineEvent('person.unblocked', BlockPayload);
