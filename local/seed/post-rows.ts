import { choseong } from '../../src/platform/hangul.ts';
import { comments, posts, postTags, postViews, tags } from '../../src/schema/posts.ts';
import { bookmarks, LIKE_TARGETS, likes } from '../../src/schema/reactions.ts';
import { dayOf, makeId, userIdOf, type PopulationIndex } from './row-index.ts';
import { batchOf, type RowBatch } from './row-batch.ts';
import type { Comment, Like, Post, Reply } from './types.ts';

const bookmarkShare = 0.08;
const commentLikesAtMost = 2;
/** Views by people who left nothing else behind; those who like have seen the post too. */
const silentViewsAtMost = 6;

type Rows = {
  posts: (typeof posts.$inferInsert)[];
  tags: (typeof tags.$inferInsert)[];
  postTags: (typeof postTags.$inferInsert)[];
  comments: (typeof comments.$inferInsert)[];
  likes: (typeof likes.$inferInsert)[];
  bookmarks: (typeof bookmarks.$inferInsert)[];
  postViews: (typeof postViews.$inferInsert)[];
};

type Written = Post & { id: string; authorId: string };

/** Makes the rows of posts `from` to below `to` and of all that hangs on them. To be called in order: it counts on. */
export function createPostRows(index: PopulationIndex): (from: number, to: number) => Generator<RowBatch> {
  const tagIds = new Map<string, string>();
  let commentCount = 0;
  let reactionCount = 0;
  const nextComment = (): number => commentCount++;
  const nextReaction = (): number => reactionCount++;

  return function* makePostRows(from, to) {
    const rows: Rows = {
      posts: [],
      tags: [],
      postTags: [],
      comments: [],
      likes: [],
      bookmarks: [],
      postViews: [],
    };
    for (let postIndex = from; postIndex < to; postIndex++) {
      const post = addPost(index, rows, postIndex);
      addTags(index, rows, post, tagIds);
      for (const comment of index.population.commentsOn(postIndex)) {
        addComment(index, rows, post, comment, nextComment, nextReaction);
      }
      const given = index.population.likesOn(postIndex);
      addReactions(index, rows, post, given, nextReaction);
      addViews(index, rows, post, given);
    }
    yield batchOf(posts, rows.posts);
    yield batchOf(tags, rows.tags);
    yield batchOf(postTags, rows.postTags);
    yield batchOf(comments, rows.comments);
    yield batchOf(likes, rows.likes);
    yield batchOf(bookmarks, rows.bookmarks);
    yield batchOf(postViews, rows.postViews);
  };
}

function addPost(index: PopulationIndex, rows: Rows, postIndex: number): Written {
  const post = index.population.post(postIndex);
  const { authorIndex, createdAt } = post;
  const written = { ...post, id: makeId(createdAt, postIndex), authorId: userIdOf(index, authorIndex) };
  rows.posts.push({
    id: written.id,
    authorId: written.authorId,
    careerId: String(index.careerIds[post.careerIndex]),
    schoolId: index.schoolIds[authorIndex] ?? 0,
    fieldId: index.fieldIds[authorIndex] ?? 0,
    text: post.text,
    day: dayOf(createdAt),
    createdAt: new Date(createdAt),
  });
  return written;
}

function addTags(index: PopulationIndex, rows: Rows, post: Written, tagIds: Map<string, string>): void {
  for (const [position, name] of post.tags.entries()) {
    let tagId = tagIds.get(name);
    if (tagId === undefined) {
      tagIds.set(name, (tagId = makeId(post.createdAt, tagIds.size)));
      rows.tags.push({
        id: tagId,
        name,
        choseong: choseong(name).slice(0, 30),
        createdAt: new Date(post.createdAt),
      });
    }
    rows.postTags.push({
      postId: post.id,
      position,
      tagId,
      authorId: post.authorId,
      fieldId: index.fieldIds[post.authorIndex] ?? 0,
      day: dayOf(post.createdAt),
    });
  }
}

function addComment(
  index: PopulationIndex,
  rows: Rows,
  post: Written,
  comment: Comment,
  nextComment: () => number,
  nextReaction: () => number,
): void {
  function add(written: Omit<Reply, 'answersIndex'>, parentId: string, replyToUserId: string | null): string {
    const number = nextComment();
    const id = makeId(written.createdAt, number);
    const authorId = userIdOf(index, written.authorIndex);
    rows.comments.push({
      id,
      postId: post.id,
      authorId,
      postAuthorId: post.authorId,
      parentId,
      replyToUserId,
      text: written.text,
      day: dayOf(written.createdAt),
      createdAt: new Date(written.createdAt),
    });
    addCommentLikes(index, rows, { ...written, id, authorId, number }, nextReaction);
    return id;
  }
  const id = add(comment, '0', null);
  for (const reply of comment.replies) add(reply, id, userIdOf(index, reply.answersIndex));
}

function addCommentLikes(
  index: PopulationIndex,
  rows: Rows,
  comment: { id: string; authorId: string; authorIndex: number; createdAt: number; number: number },
  nextReaction: () => number,
): void {
  const { people, until } = index.population.scale;
  const draw = index.draw('commentLikes', comment.number);
  const givers = new Set<number>();
  for (let left = draw.between(0, commentLikesAtMost); left > 0; left--) givers.add(draw.below(people));
  givers.delete(comment.authorIndex);
  for (const giver of givers) {
    const at = comment.createdAt + Math.floor((until - comment.createdAt) * draw.unit() ** 3);
    rows.likes.push({
      targetKind: LIKE_TARGETS.comment,
      targetId: comment.id,
      userId: userIdOf(index, giver),
      id: makeId(at, nextReaction()),
      authorId: comment.authorId,
      day: dayOf(at),
    });
  }
}

function addReactions(
  index: PopulationIndex,
  rows: Rows,
  post: Written,
  given: readonly Like[],
  nextReaction: () => number,
): void {
  const draw = index.draw('bookmarks', post.index);
  for (const { personIndex, createdAt } of given) {
    const userId = userIdOf(index, personIndex);
    const day = dayOf(createdAt);
    const id = makeId(createdAt, nextReaction());
    const { authorId } = post;
    rows.likes.push({ targetKind: LIKE_TARGETS.post, targetId: post.id, userId, id, authorId, day });
    if (draw.chance(bookmarkShare)) rows.bookmarks.push({ userId, postId: post.id, id, authorId, day });
  }
}

function addViews(index: PopulationIndex, rows: Rows, post: Written, given: readonly Like[]): void {
  const { people, until } = index.population.scale;
  const draw = index.draw('views', post.index);
  const seenAt = new Map(given.map(({ personIndex, createdAt }) => [personIndex, createdAt]));
  for (let left = draw.between(0, silentViewsAtMost); left > 0; left--) {
    const viewer = draw.below(people);
    const at = post.createdAt + Math.floor((until - post.createdAt) * draw.unit() ** 3);
    if (viewer !== post.authorIndex && !seenAt.has(viewer)) seenAt.set(viewer, at);
  }
  for (const [viewer, at] of seenAt) {
    rows.postViews.push({
      postId: post.id,
      viewerId: userIdOf(index, viewer),
      day: dayOf(at),
      authorId: post.authorId,
    });
  }
}
