import * as z from 'zod';
import { Id, PageQuery, pageOf, TagName, Time } from '../../platform/http/schemas.ts';

export const Kind = z.enum(['news', 'video', 'blog']);

export const DiscoveryQuery = PageQuery.extend({
  kind: Kind.meta({ description: '뉴스, 영상, 블로그 · News, videos or blog posts' }),
  tag: TagName.optional().meta({
    description:
      '이 태그로 찾은 것만. 없으면 전부입니다. · Only what was found for this tag; all when absent',
    example: '캡스톤',
  }),
});

export const Discovery = z
  .object({
    id: Id,
    kind: Kind,
    title: z.string().meta({ description: 'Plain text, whatever it looks like: never HTML' }),
    url: z.url().meta({ description: 'Open it in a browser or its own app' }),
    author: z
      .string()
      .nullable()
      .meta({ description: '언론사, 글쓴이, 채널 · Publisher, writer or channel' }),
    source: z
      .object({ id: z.string(), name: z.string() })
      .meta({ description: '출처 표시에 쓰세요. · Show it: some sources ask for attribution' }),
    pictureUrl: z
      .url()
      .nullable()
      .meta({ description: 'On the host of the source: it may be gone, then show none' }),
    publishedAt: Time.nullable().meta({ description: 'null: the source does not say' }),
    video: z
      .object({
        videoId: z.string(),
        channelId: z.string().nullable(),
        channelPictureUrl: z.url().nullable(),
        durationSeconds: z.number().int().nullable(),
      })
      .nullable()
      .meta({ description: 'Of videos only: for YouTube’s player' }),
  })
  .meta({ id: 'Discovery' });

export const DiscoveryPage = pageOf(Discovery);

export const Strips = z
  .object({ news: z.array(Discovery), video: z.array(Discovery), blog: z.array(Discovery) })
  .meta({
    id: 'DiscoveryStrips',
    description:
      'At most 10 of each: the newest for the tags I use most, then for those of my field, then of all. Empty until something has been found.',
  });
