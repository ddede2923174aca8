/** Likes of posts, comments and replies, and bookmarks of posts. */
export { reactionEndpoints } from './routes.ts';
export { reactionReactions } from './reactions.ts';
export {
  commentLiked,
  commentUnliked,
  postBookmarked,
  postLiked,
  postUnbookmarked,
  postUnliked,
} from './events.ts';
export { reactionExportSteps, reactionPostParts, reactionPurgeSteps } from './retention.ts';
