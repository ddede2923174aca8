import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Id } from '../../platform/http/schemas.ts';

const PostPayload = z.object({ postId: Id, userId: Id });
const CommentPayload = z.object({ commentId: Id, userId: Id });

/** Somebody began to like a post. Like all events here, only when that changed something. */
export const postLiked = defineEvent('post.liked', PostPayload);
export const postUnliked = defineEvent('post.unliked', PostPayload);
/** Somebody began to like a comment or a reply. */
export const commentLiked = defineEvent('comment.liked', CommentPayload);
export const commentUnliked = defineEvent('comment.unliked', CommentPayload);
/** Somebody put a post into their bookmarks. */
export const postBookmarked = defineEvent('post.bookmarked', PostPayload);
export const postUnbookmarked = defineEvent('post.unbookmarked', PostPayload);
