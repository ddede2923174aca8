import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Day, Id } from '../../platform/http/schemas.ts';

const PostPayload = z.object({ postId: Id, authorId: Id, careerId: Id });

/** A post was written. */
export const postCreated = defineEvent('post.created', PostPayload);
/** Text, tags or alt texts of a post changed. `removedTagIds`: tags it had before, whether or not it has them again. */
export const postEdited = defineEvent('post.edited', PostPayload.extend({ removedTagIds: z.array(Id) }));
/** A post is gone: by its author or with its career. */
export const postDeleted = defineEvent('post.deleted', PostPayload);
/** Posts that were on somebody's screen for the first time that day. */
export const postsSeen = defineEvent('posts.seen', z.object({ postIds: z.array(Id), day: Day }));
