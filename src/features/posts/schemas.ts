import * as z from 'zod';
import { Id, multiLineText, PageQuery, pageOf, TagName, Time } from '../../platform/http/schemas.ts';
import { MAX_TAG_LENGTH } from '../../platform/tag-name.ts';
import { PersonCard } from '../people/index.ts';

export const MAX_TEXT = 5000;
export const MAX_IMAGES = 10;
export const MAX_LINKS = 10;
export const MAX_FILES = 10;
export const MAX_TAGS = 10;
export const MAX_SEEN = 50;

export const PostParams = z.strictObject({ postId: Id });
export const UserParams = z.strictObject({ userId: Id });
export const CareerParams = z.strictObject({ careerId: Id });
export const CareerPostsQuery = PageQuery.extend({
  authorId: Id.optional().meta({ description: 'Only posts of this member' }),
});

const TagNames = z
  .array(TagName)
  .max(MAX_TAGS)
  .transform((names) => [...new Set(names)])
  .meta({
    description: `At most ${MAX_TAGS}. Stored without # and spaces, in lower case, up to ${MAX_TAG_LENGTH} characters.`,
    example: ['공모전', '해커톤'],
  });

const AltText = multiLineText(300);
const ImageInput = z.strictObject({
  mediaId: Id,
  altText: AltText.default('').meta({ description: '화면을 못 보는 사람에게 읽어 줄 설명' }),
});
const LinkInput = z
  .string()
  .max(2000)
  .transform((text, context) => {
    const url = URL.parse(text.trim());
    const isFine =
      url?.protocol === 'https:' && url.username === '' && url.password === '' && url.href.length <= 2000;
    if (isFine) return url.href;
    context.addIssue({ code: 'custom', message: 'not_an_https_url' });
    return z.NEVER;
  })
  .meta({ format: 'uri', example: 'https://www.example.ac.kr/news/1' });

export const CreatePost = z.strictObject({
  careerId: Id,
  text: multiLineText(MAX_TEXT).default(''),
  images: z.array(ImageInput).max(MAX_IMAGES).default([]),
  links: z.array(LinkInput).max(MAX_LINKS).default([]),
  files: z
    .array(z.strictObject({ mediaId: Id }))
    .max(MAX_FILES)
    .default([]),
  tags: TagNames.default([]),
});

export const EditPost = z
  .strictObject({
    text: multiLineText(MAX_TEXT).optional(),
    tags: TagNames.optional(),
    altTexts: z
      .array(z.strictObject({ mediaId: Id, altText: AltText }))
      .max(MAX_IMAGES)
      .optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, { message: 'nothing_to_change' });

export const SeenPosts = z.strictObject({ postIds: z.array(Id).min(1).max(MAX_SEEN) });

export const PostCreated = z.object({ id: Id, careerId: Id, createdAt: Time }).meta({ id: 'PostCreated' });

export const PostImage = z
  .object({
    mediaId: Id,
    url: z.string().meta({ description: 'Add `?size=160`, `480` or `1080` for a smaller form' }),
    width: z.number().int().meta({ description: 'Pixels' }),
    height: z.number().int().meta({ description: 'Pixels' }),
    altText: z.string(),
  })
  .meta({ id: 'PostImage' });

export const PostFile = z
  .object({
    mediaId: Id,
    url: z.string().meta({ description: 'Always a download' }),
    fileName: z.string(),
    size: z.number().int().meta({ description: 'Bytes' }),
    contentType: z.string(),
  })
  .meta({ id: 'PostFile' });

export const PostLink = z
  .object({
    url: z.string(),
    state: z
      .enum(['waiting', 'ready', 'failed'])
      .meta({ description: 'waiting: the preview is still being read · failed: show the bare address' }),
    title: z.string().nullable(),
    description: z.string().nullable(),
    pictureUrl: z.string().nullable(),
  })
  .meta({ id: 'PostLink' });

export const PostTag = z.object({ id: Id, name: z.string() }).meta({ id: 'PostTag' });

export const FirstComment = z
  .object({
    id: Id,
    author: PersonCard,
    text: z.string(),
    likeCount: z.number().int(),
    replyCount: z.number().int(),
    isLiked: z.boolean(),
    createdAt: Time,
  })
  .meta({ id: 'FirstComment' });

/** A post in a list. */
export const PostCard = z
  .object({
    id: Id,
    author: PersonCard,
    career: z.object({ id: Id, name: z.string(), kind: z.enum(['personal', 'group']) }),
    text: z.string(),
    images: z.array(PostImage),
    links: z.array(PostLink),
    fileCount: z.number().int(),
    tags: z.array(PostTag),
    likeCount: z.number().int(),
    commentCount: z.number().int(),
    bookmarkCount: z.number().int(),
    viewCount: z.number().int(),
    firstComments: z.array(FirstComment).meta({ description: 'At most 2, oldest first' }),
    isLiked: z.boolean().meta({ description: 'I like it.' }),
    isBookmarked: z.boolean().meta({ description: 'It is in my bookmarks.' }),
    isMine: z.boolean(),
    createdAt: Time,
    editedAt: Time.nullable(),
  })
  .meta({ id: 'PostCard' });

/** A post on its own page. */
export const Post = PostCard.extend({ files: z.array(PostFile) }).meta({ id: 'Post' });

export const PostPage = pageOf(PostCard);
