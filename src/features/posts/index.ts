/** Posts: writing, cards and pages, and who may see them. */
export { postEndpoints } from './routes.ts';
export { postReactions } from './reactions.ts';
export { loadPostCards } from './load-posts.ts';
export { findVisiblePost } from './queries.ts';
export { PostCard, PostPage } from './schemas.ts';
export { isPostVisibleTo } from './visibility.ts';
export type { PostCardView } from './view.ts';
export { postCreated, postDeleted, postEdited, postsSeen } from './events.ts';
export { postExportSteps, postPurgeSteps } from './retention.ts';
export { sweepDeletedPosts, type PostPart } from './sweep-deleted.ts';
