import * as z from 'zod';
import { Id, pageOf } from '../../platform/http/schemas.ts';
import { Strips } from '../discovery/index.ts';
import { PostCard } from '../posts/index.ts';

export const FeedPost = PostCard.extend({
  isSuggested: z.boolean().meta({
    description: '내가 팔로우하지 않는 추천 포스트 · Nothing I follow: suggested from my school or field',
  }),
}).meta({ id: 'FeedPost' });

export const FeedHead = z
  .object({
    strips: Strips,
    writeNext: z
      .object({ careerId: Id, name: z.string(), kind: z.enum(['personal', 'group']) })
      .nullable()
      .meta({ description: 'My career in which I have written longest ago; null: invite me to make one' }),
    unread: z
      .object({ notifications: z.number().int(), messages: z.number().int() })
      .meta({ description: 'Badges: unread notifications (100 at most), and messages in rooms not muted' }),
  })
  .meta({ id: 'FeedHead' });

export const FeedPage = pageOf(FeedPost).extend({
  head: FeedHead.nullable().meta({ description: 'On the first page only' }),
});
