import * as z from 'zod';
import { Id, pageOf } from '../../platform/http/schemas.ts';
import { PostCard } from '../posts/index.ts';

export const FeedPost = PostCard.extend({
  isSuggested: z.boolean().meta({
    description: '내가 팔로우하지 않는 추천 포스트 · Nothing I follow: suggested from my school or field',
  }),
}).meta({ id: 'FeedPost' });

const StripItem = z.object({ id: Id, title: z.string(), url: z.string() }).meta({ id: 'StripItem' });

export const FeedHead = z
  .object({
    strips: z
      .object({ news: z.array(StripItem), video: z.array(StripItem), blog: z.array(StripItem) })
      .meta({ description: 'Empty as long as nothing has been found for my tags and field' }),
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
