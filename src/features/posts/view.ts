import type * as z from 'zod';
import { mediaUrl } from '../../platform/media-url.ts';
import type { PersonCard, PersonRow } from '../people/index.ts';
import type { Post, PostCard, PostFile, PostImage, PostLink, FirstComment, PostTag } from './schemas.ts';

export type PostRow = {
  id: string;
  authorId: string;
  text: string;
  likeCount: number;
  commentCount: number;
  bookmarkCount: number;
  viewCount: number;
  createdAt: Date;
  editedAt: Date | null;
  careerId: string;
  careerName: string;
  careerKind: 'personal' | 'group';
  author: PersonRow;
  isLiked: boolean;
  isBookmarked: boolean;
  media: MediaRow[];
  links: LinkRow[];
  tags: TagRow[];
};

export type MediaRow = {
  position: number;
  mediaId: string;
  kind: 'image' | 'file';
  altText: string;
  key: string;
  contentType: string;
  size: number;
  width: number | null;
  height: number | null;
  fileName: string | null;
};

export type LinkRow = {
  position: number;
  url: string;
  state: 'waiting' | 'ready' | 'failed';
  title: string | null;
  description: string | null;
  pictureKey: string | null;
};

export type TagRow = { position: number; id: string; name: string };

export type CommentRow = {
  id: string;
  postId: string;
  text: string;
  likeCount: number;
  replyCount: number;
  createdAt: Date;
  isLiked: boolean;
  author: PersonRow;
};

/** All that belongs to one post. */
export type PostRows = { post: PostRow; comments: CommentRow[] };

export type Viewing = {
  viewerId: string;
  mediaBaseUrl: string;
  toPerson(row: PersonRow): z.input<typeof PersonCard>;
};

export type PostCardView = z.input<typeof PostCard>;

/** A post as it stands in lists. */
export function toPostCard({ post, comments }: PostRows, viewing: Viewing): PostCardView {
  const { media, links, tags } = post;
  return {
    id: post.id,
    author: viewing.toPerson(post.author),
    career: { id: post.careerId, name: post.careerName, kind: post.careerKind },
    text: post.text,
    images: media.filter(({ kind }) => kind === 'image').map((row) => toImage(row, viewing.mediaBaseUrl)),
    links: links.map((row) => toLink(row, viewing.mediaBaseUrl)),
    fileCount: media.filter(({ kind }) => kind === 'file').length,
    tags: tags.map(toTag),
    likeCount: post.likeCount,
    commentCount: post.commentCount,
    bookmarkCount: post.bookmarkCount,
    viewCount: post.viewCount,
    firstComments: comments.map((row) => toFirstComment(row, viewing)),
    isLiked: post.isLiked,
    isBookmarked: post.isBookmarked,
    isMine: post.authorId === viewing.viewerId,
    createdAt: post.createdAt.toISOString(),
    editedAt: post.editedAt?.toISOString() ?? null,
  };
}

/** A post on its own page: the card and its files. */
export function toPost(rows: PostRows, viewing: Viewing): z.input<typeof Post> {
  const files = rows.post.media.filter(({ kind }) => kind === 'file');
  return { ...toPostCard(rows, viewing), files: files.map((row) => toFile(row, viewing.mediaBaseUrl)) };
}

function toImage(row: MediaRow, mediaBaseUrl: string): z.input<typeof PostImage> {
  return {
    mediaId: row.mediaId,
    url: mediaUrl(mediaBaseUrl, row.key),
    width: row.width ?? 0,
    height: row.height ?? 0,
    altText: row.altText,
  };
}

function toFile(row: MediaRow, mediaBaseUrl: string): z.input<typeof PostFile> {
  return {
    mediaId: row.mediaId,
    url: mediaUrl(mediaBaseUrl, row.key),
    fileName: row.fileName ?? '',
    size: row.size,
    contentType: row.contentType,
  };
}

function toLink(row: LinkRow, mediaBaseUrl: string): z.input<typeof PostLink> {
  return {
    url: row.url,
    state: row.state,
    title: row.title,
    description: row.description,
    pictureUrl: row.pictureKey ? mediaUrl(mediaBaseUrl, row.pictureKey) : null,
  };
}

function toTag({ id, name }: TagRow): z.input<typeof PostTag> {
  return { id, name };
}

function toFirstComment(row: CommentRow, viewing: Viewing): z.input<typeof FirstComment> {
  return {
    id: row.id,
    author: viewing.toPerson(row.author),
    text: row.text,
    likeCount: row.likeCount,
    replyCount: row.replyCount,
    isLiked: row.isLiked,
    createdAt: row.createdAt.toISOString(),
  };
}
