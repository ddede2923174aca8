import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Day, Id } from '../../platform/http/schemas.ts';

const PostPayload = z.object({ postId: Id, userId: Id });
const CommentPayload = z.object({ commentId: Id, userId: Id });
/** Of what is gone: whose thing it was, and the Korean day it had counted for. */
const Gone = { authorId: Id, day: Day };

/** Somebody began to like a post. Like all events here, only when that changed something. */
export const postLiked = defineEvent('post.liked', PostPayload);
export const postUnliked = defineEvent('post.unliked', PostPayload.extend(Gone));
/** Somebody began to like a comment or a reply. */
export const commentLiked = defineEvent('comment.liked', CommentPayload);
export const commentUnliked = defineEvent('comment.unliked', CommentPayload.extend(Gone));
/** Somebody put a post into their bookmarks. */
export const postBookmarked = defineEvent('post.bookmarked', PostPayload);
export const postUnbookmarked = defineEvent('post.unbookmarked', PostPayload.extend(Gone));
