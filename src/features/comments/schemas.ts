import * as z from 'zod';
import { Id, multiLineText, PageQuery, pageOf, Time } from '../../platform/http/schemas.ts';
import { PersonCard } from '../people/index.ts';

const MAX_TEXT = 1000;

export const PostParams = z.strictObject({ postId: Id });
export const CommentParams = z.strictObject({ commentId: Id });

export const CommentPageQuery = PageQuery.extend({
  limit: z.coerce.number().int().min(1).max(50).default(10).meta({ description: 'Items a page' }),
});

export const WriteComment = z.strictObject({ text: multiLineText(MAX_TEXT, 1) });
export const WriteReply = z.strictObject({
  text: multiLineText(MAX_TEXT, 1),
  replyToUserId: Id.optional().meta({
    description: '답하는 사람. 없으면 댓글 작성자입니다. · Whom it answers; the comment’s author when absent',
  }),
});

export const Reply = z
  .object({
    id: Id,
    commentId: Id.meta({ description: 'The comment it stands under' }),
    author: PersonCard,
    replyTo: z
      .object({ id: Id, name: z.string() })
      .nullable()
      .meta({ description: 'Whom it answers; null when they cannot be shown' }),
    text: z.string(),
    likeCount: z.number().int(),
    isLiked: z.boolean().meta({ description: 'I like it.' }),
    isMine: z.boolean(),
    createdAt: Time,
  })
  .meta({ id: 'Reply' });

export const ReplyPage = pageOf(Reply).meta({ id: 'ReplyPage' });

export const Comment = z
  .object({
    id: Id,
    postId: Id,
    isStub: z.boolean().meta({
      description:
        '지워졌거나 볼 수 없는 댓글의 자리입니다. 답글만 보여 주고, 새 답글과 좋아요는 받지 않습니다. · Deleted or not to be seen: only its replies are shown, and it takes no new ones and no likes.',
    }),
    author: PersonCard.nullable().meta({ description: 'null: a stub' }),
    text: z.string().nullable().meta({ description: 'null: a stub' }),
    likeCount: z.number().int(),
    replyCount: z.number().int(),
    isLiked: z.boolean().meta({ description: 'I like it.' }),
    isMine: z.boolean(),
    createdAt: Time,
    replies: ReplyPage.meta({
      description: 'The first replies, oldest first; `nextCursor` goes on in the list of its replies.',
    }),
  })
  .meta({ id: 'Comment' });

export const CommentPage = pageOf(Comment);
