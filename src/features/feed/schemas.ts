import * as z from 'zod';
import { pageOf } from '../../platform/http/schemas.ts';
import { PostCard } from '../posts/index.ts';

export const FeedPost = PostCard.extend({
  isSuggested: z.boolean().meta({
    description: 'Nothing I follow: shown because it comes from my school or field (추천)',
  }),
}).meta({ id: 'FeedPost' });

export const FeedPage = pageOf(FeedPost);
