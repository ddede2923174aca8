import { asc, eq, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
import { isTrue } from '../../platform/db/columns.ts';
import { prepareQuery } from '../../platform/db/prepare-query.ts';
import { users } from '../../schema/accounts.ts';
import { careers } from '../../schema/careers.ts';
import { comments, media, postLinks, postMedia, posts, postTags, tags } from '../../schema/posts.ts';
import { bookmarks, LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import { createPersonView, isVisibleTo, personColumns } from '../people/index.ts';
import {
  toPostCard,
  type LinkRow,
  type MediaRow,
  type PostCardView,
  type PostRows,
  type TagRow,
  type Viewing,
} from './view.ts';
import { isPostVisibleTo } from './visibility.ts';

/**
 * Cards of posts for a viewer, in the order of `ids`, in one round trip of two statements whatever their number.
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
  const wanted = [...new Set(ids)];
  const [postRows, commentRows, toPerson] = await Promise.all([
    wanted.length > 0 ? readPosts(ctx.deps.db, { viewerId, ids: wanted }) : [],
    wanted.length > 0 ? readFirstComments(ctx.deps.db, { viewerId, ids: wanted }) : [],
    createPersonView(ctx),
  ]);
  const postById = new Map(postRows.map((row) => [row.id, row]));
  const commentsByPost = Map.groupBy(commentRows, ({ postId }) => postId);
  const rows = wanted.flatMap((id) => {
    const post = postById.get(id);
    return post ? { post, comments: commentsByPost.get(id) ?? [] } : [];
  });
  const viewing = { viewerId, mediaBaseUrl: ctx.deps.config.mediaBaseUrl, toPerson };
  return { rows, viewing };
}

const viewer = sql.placeholder('viewerId');
const wantedIds = sql.placeholder('ids');

function isLiked(kind: number, target: SQL): SQL {
  return sql`exists (select 1 from ${likes} as liking where liking.target_kind = ${kind} and liking.target_id = ${target} and liking.user_id = ${viewer})`;
}

/** Each list of a post is one value of JSON in its row: statements of their own would cost twice as much. */
const mediaOfPost = listOf<MediaRow>(
  sql`json_object('position', ${postMedia.position}, 'mediaId', cast(${postMedia.mediaId} as char), 'kind', ${postMedia.kind}, 'altText', ${postMedia.altText}, 'key', ${media.key}, 'contentType', ${media.contentType}, 'size', ${media.size}, 'width', ${media.width}, 'height', ${media.height}, 'fileName', ${media.fileName})`,
  sql`${postMedia} inner join ${media} on ${media.id} = ${postMedia.mediaId} where ${postMedia.postId} = ${posts.id}`,
).as('post_media');

const linksOfPost = listOf<LinkRow>(
  sql`json_object('position', ${postLinks.position}, 'url', ${postLinks.url}, 'state', ${postLinks.state}, 'title', ${postLinks.title}, 'description', ${postLinks.description}, 'pictureKey', ${postLinks.pictureKey})`,
  sql`${postLinks} where ${postLinks.postId} = ${posts.id}`,
).as('post_links');

const tagsOfPost = listOf<TagRow>(
  sql`json_object('position', ${postTags.position}, 'id', cast(${tags.id} as char), 'name', ${tags.name})`,
  sql`${postTags} inner join ${tags} on ${tags.id} = ${postTags.tagId} where ${postTags.postId} = ${posts.id}`,
).as('post_tags');

/** Rows in order of their `position`, which MySQL does not promise of JSON_ARRAYAGG. */
function listOf<Row extends { position: number }>(row: SQL, from: SQL): SQL<Row[]> {
  return sql`(select coalesce(json_arrayagg(${row}), json_array()) from ${from})`.mapWith((rows: Row[]) =>
    rows.toSorted((a, b) => a.position - b.position),
  );
}

const readPosts = prepareQuery((db) =>
  db
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
      author: personColumns(viewer),
      isLiked: isLiked(LIKE_TARGETS.post, sql`${posts.id}`)
        .mapWith(isTrue)
        .as('is_liked'),
      isBookmarked:
        sql`exists (select 1 from ${bookmarks} as marking where marking.user_id = ${viewer} and marking.post_id = ${posts.id})`
          .mapWith(isTrue)
          .as('is_bookmarked'),
      media: mediaOfPost,
      links: linksOfPost,
      tags: tagsOfPost,
    })
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .innerJoin(careers, eq(careers.id, posts.careerId))
    .where(sql`${posts.id} in (${wantedIds}) and ${isPostVisibleTo(viewer)}`),
);

/**
 * The first two comments of each post that the viewer may see, found by two steps down an index: ORDER BY names all its
 * columns, else a post's comments are all read and sorted (measured: 20,000 comments, 140 ms instead of 1).
 */
const readFirstComments = prepareQuery((db) =>
  db
    .select({
      id: comments.id,
      postId: comments.postId,
      text: comments.text,
      likeCount: comments.likeCount,
      replyCount: comments.replyCount,
      createdAt: comments.createdAt,
      isLiked: isLiked(LIKE_TARGETS.comment, sql`${comments.id}`)
        .mapWith(isTrue)
        .as('is_liked'),
      author: personColumns(viewer),
    })
    .from(sql`(${pickComment(0)} union all ${pickComment(1)}) as picked`)
    .innerJoin(comments, sql`${comments.id} = picked.comment_id`)
    .innerJoin(users, eq(users.id, comments.authorId))
    .orderBy(asc(comments.id)),
);

function pickComment(offset: number): SQL {
  const first = alias(comments, 'first_comment');
  return sql`select (select ${first.id} from ${comments} as first_comment where ${first.postId} = ${posts.id} and ${first.parentId} = 0 and ${first.deletedAt} is null and ${isVisibleTo(viewer, first.authorId)} order by ${first.postId}, ${first.parentId}, ${first.id} limit 1 offset ${offset}) as comment_id from ${posts} where ${posts.id} in (${wantedIds})`;
}
