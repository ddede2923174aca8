import * as z from 'zod';

const MAX_URL = 300;

/** Instagram: up to 30 letters, digits, `_` and single dots inside. The case does not count there. */
const Instagram = z
  .string()
  .trim()
  .toLowerCase()
  .max(30)
  .regex(/^[a-z0-9_]+(?:\.[a-z0-9_]+)*$/)
  .meta({ example: 'loop.us_kr' });

/**
 * GitHub: up to 39 letters, digits and single hyphens inside. Old accounts may end in a hyphen, and those managed by a
 * company end in `_` and its short name.
 */
const Github = z
  .string()
  .trim()
  .max(39)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*(?:-|_[a-z0-9]+)?$/i)
  .meta({ example: 'minsu-kim' });

/** Naver blog: small letters, digits, `_` and `-`; 5 to 20 today, from 3 in the oldest accounts. */
const NaverBlog = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9_-]{3,20}$/)
  .meta({ example: 'minsu_dev' });

/** An https address on one of these hosts or below them. */
function addressOn(hosts: readonly string[], example: string) {
  return z
    .string()
    .trim()
    .max(MAX_URL)
    .transform((text, context) => {
      const url = URL.parse(text);
      const isPlain = url?.protocol === 'https:' && url.username + url.password + url.port === '';
      const isOnHost = hosts.some((host) => url?.hostname === host || url?.hostname.endsWith(`.${host}`));
      if (url && isPlain && isOnHost && url.href.length <= MAX_URL) return url.href;
      context.addIssue({ code: 'custom', message: 'not_an_address_there' });
      return z.NEVER;
    })
    .meta({ format: 'uri', example });
}

const Notion = addressOn(['notion.so', 'notion.site', 'notion.com'], 'https://minsu.notion.site/portfolio');
const Youtube = addressOn(['youtube.com', 'youtu.be'], 'https://www.youtube.com/@minsu');

/** One account a service. What is absent stays as it is; null removes it. */
export const LinkChanges = z
  .strictObject({
    instagram: Instagram.nullable().meta({ description: 'id' }),
    github: Github.nullable().meta({ description: 'id' }),
    naverBlog: NaverBlog.nullable().meta({ description: 'id' }),
    notion: Notion.nullable().meta({ description: 'https address on notion.so, notion.site or notion.com' }),
    youtube: Youtube.nullable().meta({ description: 'https address on youtube.com or youtu.be' }),
  })
  .partial();

/** What is set; the rest is null. */
export const SocialLinks = z
  .object({
    instagram: z.string().nullable(),
    github: z.string().nullable(),
    naverBlog: z.string().nullable(),
    notion: z.string().nullable(),
    youtube: z.string().nullable(),
  })
  .meta({ id: 'SocialLinks', description: 'instagram, github, naverBlog: ids · notion, youtube: addresses' });
