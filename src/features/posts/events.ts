import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Id } from '../../platform/http/schemas.ts';

const PostPayload = z.object({ postId: Id, authorId: Id, careerId: Id });

/** A post was written. */
export const postCreated = defineEvent('post.created', PostPayload);
/** Text, tags or alt texts of a post changed. */
export const postEdited = defineEvent('post.edited', PostPayload);
/** A post is gone: by its author or with its career. */
export const postDeleted = defineEvent('post.deleted', PostPayload);
/** Posts that were on somebody's screen for the first time that day. */
export const postsSeen = defineEvent('posts.seen', z.object({ postIds: z.array(Id) }));
