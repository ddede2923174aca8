import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
import { isTrue } from '../../platform/db/columns.ts';
import { users } from '../../schema/accounts.ts';
import { careers } from '../../schema/careers.ts';
import { comments, media, postLinks, postMedia, posts, postTags, tags } from '../../schema/posts.ts';
import { bookmarks, LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import { createPersonView, isVisibleTo, personColumns } from '../people/index.ts';
import { toPostCard, type PostCardView, type PostRows, type Viewing } from './view.ts';
import { isPostVisibleTo } from './visibility.ts';

/**
 * Cards of posts for a viewer, in the order of `ids`, in one round trip of five statements whatever their number.
 * Posts that the viewer may not see are missing.
 */
export async function loadPostCards(ctx: UserCtx, ids: readonly string[]): Promise<PostCardView[]> {
  const { rows, viewing } = await loadPosts(ctx, ids);
  return rows.map((row) => toPostCard(row, viewing));
}

/** Everything that belongs to posts, for cards and pages. */
export async function loadPosts(
  ctx: UserCtx,
  ids: readonly string[],
): Promise<{ rows: PostRows[]; viewing: Viewing }> {
  const viewerId = ctx.actor.userId;
  const viewing = { viewerId, mediaBaseUrl: ctx.deps.config.mediaBaseUrl };
  if (ids.length === 0) return { rows: [], viewing: { ...viewing, toPerson: await createPersonView(ctx) } };
  const wanted = [...new Set(ids)];
  const [postRows, mediaRows, linkRows, tagRows, commentRows, toPerson] = await Promise.all([
    readPosts(ctx, wanted),
    readMedia(ctx, wanted),
    readLinks(ctx, wanted),
    readTags(ctx, wanted),
    readFirstComments(ctx, wanted),
    createPersonView(ctx),
  ]);
  const postById = new Map(postRows.map((row) => [row.id, row]));
  const mediaByPost = Map.groupBy(mediaRows, ({ postId }) => postId);
  const linksByPost = Map.groupBy(linkRows, ({ postId }) => postId);
  const tagsByPost = Map.groupBy(tagRows, ({ postId }) => postId);
  const commentsByPost = Map.groupBy(commentRows, ({ postId }) => postId);
  const rows = wanted.flatMap((id) => {
    const post = postById.get(id);
    if (!post) return [];
    return {
      post,
      media: mediaByPost.get(id) ?? [],
      links: linksByPost.get(id) ?? [],
      tags: tagsByPost.get(id) ?? [],
      comments: commentsByPost.get(id) ?? [],
    };
  });
  return { rows, viewing: { ...viewing, toPerson } };
}

function isLikedBy(viewerId: string, kind: number, target: SQL): SQL {
  return sql`exists (select 1 from ${likes} as liking where liking.target_kind = ${kind} and liking.target_id = ${target} and liking.user_id = ${viewerId})`;
}

function readPosts(ctx: UserCtx, ids: string[]) {
  const viewerId = ctx.actor.userId;
  return ctx.deps.db
    .select({
      id: posts.id,
      authorId: posts.authorId,
      text: posts.text,
      likeCount: posts.likeCount,
      commentCount: posts.commentCount,
      bookmarkCount: posts.bookmarkCount,
      viewCount: posts.viewCount,
      createdAt: posts.createdAt,
      editedAt: posts.editedAt,
      careerId: careers.id,
      careerName: careers.name,
      careerKind: careers.kind,
      author: personColumns(viewerId),
      isLiked: isLikedBy(viewerId, LIKE_TARGETS.post, sql`${posts.id}`)
        .mapWith(isTrue)
        .as('is_liked'),
      isBookmarked:
        sql`exists (select 1 from ${bookmarks} as marking where marking.user_id = ${viewerId} and marking.post_id = ${posts.id})`
          .mapWith(isTrue)
          .as('is_bookmarked'),
    })
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .innerJoin(careers, eq(careers.id, posts.careerId))
    .where(and(inArray(posts.id, ids), isPostVisibleTo(viewerId)));
}

function readMedia(ctx: UserCtx, ids: string[]) {
  return ctx.deps.db
    .select({
      postId: postMedia.postId,
      mediaId: postMedia.mediaId,
      kind: postMedia.kind,
      altText: postMedia.altText,
      key: media.key,
      contentType: media.contentType,
      size: media.size,
      width: media.width,
      height: media.height,
      fileName: media.fileName,
    })
    .from(postMedia)
    .innerJoin(media, eq(media.id, postMedia.mediaId))
    .where(inArray(postMedia.postId, ids))
    .orderBy(asc(postMedia.postId), asc(postMedia.position));
}

function readLinks(ctx: UserCtx, ids: string[]) {
  return ctx.deps.db
    .select({
      postId: postLinks.postId,
      url: postLinks.url,
      state: postLinks.state,
      title: postLinks.title,
      description: postLinks.description,
      pictureKey: postLinks.pictureKey,
    })
    .from(postLinks)
    .where(inArray(postLinks.postId, ids))
    .orderBy(asc(postLinks.postId), asc(postLinks.position));
}

function readTags(ctx: UserCtx, ids: string[]) {
  return ctx.deps.db
    .select({ postId: postTags.postId, id: tags.id, name: tags.name })
    .from(postTags)
    .innerJoin(tags, eq(tags.id, postTags.tagId))
    .where(inArray(postTags.postId, ids))
    .orderBy(asc(postTags.postId), asc(postTags.position));
}

/**
 * The first two comments of each post that the viewer may see, found by two steps down an index: ORDER BY names all its
 * columns, else a post's comments are all read and sorted (measured: 20,000 comments, 140 ms instead of 1).
 */
function readFirstComments(ctx: UserCtx, ids: string[]) {
  const viewerId = ctx.actor.userId;
  const picked = sql`(${pickComment(viewerId, ids, 0)} union all ${pickComment(viewerId, ids, 1)}) as picked`;
  return ctx.deps.db
    .select({
      id: comments.id,
      postId: comments.postId,
      text: comments.text,
      likeCount: comments.likeCount,
      replyCount: comments.replyCount,
      createdAt: comments.createdAt,
      isLiked: isLikedBy(viewerId, LIKE_TARGETS.comment, sql`${comments.id}`)
        .mapWith(isTrue)
        .as('is_liked'),
      author: personColumns(viewerId),
    })
    .from(picked)
    .innerJoin(comments, sql`${comments.id} = picked.comment_id`)
    .innerJoin(users, eq(users.id, comments.authorId))
    .orderBy(asc(comments.id));
}

function pickComment(viewerId: string, ids: string[], offset: number): SQL {
  const first = alias(comments, 'first_comment');
  return sql`select (select ${first.id} from ${comments} as first_comment where ${first.postId} = ${posts.id} and ${first.parentId} = 0 and ${first.deletedAt} is null and ${isVisibleTo(viewerId, first.authorId)} order by ${first.postId}, ${first.parentId}, ${first.id} limit 1 offset ${offset}) as comment_id from ${posts} where ${inArray(posts.id, ids)}`;
}
