import * as z from 'zod';
import { Id, PageQuery, TagName } from '../../platform/http/schemas.ts';
import { fields } from '../schools/index.ts';

const MAX_TYPED = 100;

export const AutocompleteQuery = z.strictObject({
  q: z.string().max(MAX_TYPED).meta({
    description: '입력 중인 글자. 초성만(ㅋㅅㅌ)도, 쓰다 만 글자(캡스토)도 됩니다.',
    example: '캡ㅅ',
  }),
});

export const TagParams = z.strictObject({
  name: TagName.meta({
    description:
      '#을 붙여도(%23) 됩니다. autocomplete와 trending이라는 태그는 #을 붙여야 합니다. · With or without # (%23); the tags `autocomplete` and `trending` need it.',
    example: '캡스톤',
  }),
});

export const TagPostsQuery = PageQuery.extend({
  order: z.enum(['newest', 'popular']).default('newest'),
});

export const TrendingQuery = z.strictObject({
  fieldId: z.coerce
    .number()
    .int()
    .min(1)
    .max(fields.length)
    .optional()
    .meta({ description: '분야. 없으면 전체입니다. · Only this field; all when absent' }),
});

export const TagCount = z
  .object({
    id: Id,
    name: z.string(),
    postCount: z.number().int().meta({ description: 'Posts that have it' }),
  })
  .meta({ id: 'TagCount' });

export const TagSuggestions = z.object({ items: z.array(TagCount) });

export const TagPage = TagCount.extend({
  myPostCount: z.number().int().meta({ description: 'Posts of mine that have it' }),
  months: z
    .array(
      z.object({
        month: z.string().meta({ description: 'Korean month', example: '2026-11' }),
        postCount: z.number().int(),
      }),
    )
    .meta({ description: 'The last 6 Korean months, oldest first, the present one included' }),
}).meta({ id: 'TagPage' });

export const TrendingTag = TagCount.extend({
  recentCount: z.number().int().meta({
    description: 'Uses in the last 7 Korean days, today included; a person counts once a day',
  }),
  earlierCount: z.number().int().meta({ description: 'The same of the 28 days before those' }),
}).meta({ id: 'TrendingTag' });

export const TrendingTags = z
  .object({
    rising: z.array(TrendingTag).meta({ description: 'At most 10, steepest first' }),
    mostUsed: z.array(TrendingTag).meta({ description: 'At most 10, most used in the last 7 days first' }),
  })
  .meta({ id: 'TrendingTags' });
