import * as z from 'zod';
import { ServiceAccount } from './platform/push.ts';
import type { ChannelNamespace } from './platform/realtime.ts';

/** A limiter of the Workers rate-limit binding. */
const limiter = z.custom<RateLimit>(
  (value) => typeof (value as RateLimit | undefined)?.limit === 'function',
  'a rate limit binding',
);

const httpUrl = z.url({ protocol: /^https?$/ });
const secret = z.string().min(16);

/** scrypt cost as `N,r,p`. Below OWASP's 2^14/8/5 only in the local edition. */
const scryptCost = z
  .string()
  .regex(/^\d+,\d+,\d+$/)
  .transform((text) => {
    const [n, r, p] = text.split(',').map(Number) as [number, number, number];
    return { n, r, p };
  });

/** A service account of Google: its JSON, or base64 of that for env files, which take no quotes. */
const serviceAccount = z
  .string()
  .transform((text, issues) => {
    try {
      return JSON.parse(text.startsWith('{') ? text : atob(text)) as unknown;
    } catch {
      issues.addIssue({ code: 'custom', message: 'the JSON of a service account' });
      return z.NEVER;
    }
  })
  .pipe(ServiceAccount);

const envSchema = z
  .object({
    ENVIRONMENT: z.enum(['local', 'staging', 'production']),
    /** Where others reach this API: links in mails, destinations of jobs, addresses of media. */
    PUBLIC_URL: httpUrl,
    /** Where media are answered; PUBLIC_URL when absent. Another host than the API's, but for the local edition. */
    MEDIA_URL: httpUrl.optional(),
    DATABASE_URL: httpUrl,
    REDIS_URL: httpUrl,
    REDIS_TOKEN: z.string().min(1),
    QSTASH_URL: httpUrl,
    QSTASH_TOKEN: z.string().min(1),
    QSTASH_CURRENT_SIGNING_KEY: z.string().min(1),
    QSTASH_NEXT_SIGNING_KEY: z.string().min(1),
    MEILI_URL: httpUrl,
    MEILI_KEY: z.string().min(1),
    /** `smtp://…`, `smtps://…` or the `https://` address of a mail provider's API (key as the password). */
    MAIL_URL: z.url({ protocol: /^(smtps?|https)$/ }),
    MAIL_FROM: z.string().min(3),
    /** Keys every HMAC: verification codes, proofs, mail keys in Redis. */
    HMAC_SECRET: secret,
    PASSWORD_SCRYPT: scryptCost,
    /** Origins of browser front ends, comma separated; `*` only in the local edition. */
    CORS_ORIGINS: z.string().transform((text) => text.split(',').map((origin) => origin.trim())),
    MIN_APP_VERSION: z.string().regex(/^\d+\.\d+\.\d+$/),
    STAFF_HOST: z.string().min(1),
    STAFF_ACCESS_ISSUER: httpUrl,
    STAFF_ACCESS_AUDIENCE: z.string().min(1),
    /** For pushes by FCM; absent: nothing is pushed. */
    FCM_SERVICE_ACCOUNT: serviceAccount.optional(),
    /** Another FCM than Google's: the local edition's. */
    FCM_URL: httpUrl.default('https://fcm.googleapis.com'),
    /** Whom the owners of crawled sites can write to; part of the crawler's User-Agent. */
    CRAWL_CONTACT: z.email(),
    /** Sources read although their robots.txt closes them to us, comma separated. See docs/operations.md first. */
    CRAWL_ROBOTS_EXCEPTIONS: z
      .string()
      .default('')
      .transform((text) => text.split(',').flatMap((name) => name.trim() || [])),
    /** For YouTube's Data API; absent: videos are not looked for. */
    YOUTUBE_API_KEY: z.string().min(1).optional(),
    /** For Naver's news search, both or neither. */
    NAVER_CLIENT_ID: z.string().min(1).optional(),
    NAVER_CLIENT_SECRET: z.string().min(1).optional(),
    /** For Kakao's blog search. */
    KAKAO_REST_KEY: z.string().min(1).optional(),
    /** Where all crawled hosts are imitated: `<this>/<host>/<path>`. The local edition's. */
    CRAWL_STAND_IN_URL: httpUrl.optional(),
    /** The Durable Objects that hold people's sockets. */
    REALTIME: z.custom<ChannelNamespace>(
      (value) => typeof (value as ChannelNamespace | undefined)?.idFromName === 'function',
      'a Durable Object namespace',
    ),
    MEDIA: z.custom<R2Bucket>(
      (value) => typeof (value as R2Bucket | undefined)?.put === 'function',
      'an R2 bucket',
    ),
    /** Makes the smaller forms of pictures. */
    IMAGES: z.custom<ImagesBinding>(
      (value) => typeof (value as ImagesBinding | undefined)?.input === 'function',
      'an Images binding',
    ),
    LIMIT_IP: limiter,
    LIMIT_READ: limiter,
    LIMIT_WRITE: limiter,
  })
  .superRefine((env, issues) => {
    if (env.ENVIRONMENT === 'local') return;
    const { n, r, p } = env.PASSWORD_SCRYPT;
    if (n * r * p < 16384 * 8 * 5) {
      issues.addIssue({ code: 'custom', path: ['PASSWORD_SCRYPT'], message: 'weaker than 16384,8,5' });
    }
    if (env.MEDIA_URL === undefined || URL.parse(env.MEDIA_URL)?.host === URL.parse(env.PUBLIC_URL)?.host) {
      issues.addIssue({ code: 'custom', path: ['MEDIA_URL'], message: 'a host of its own' });
    }
    if (env.CRAWL_STAND_IN_URL !== undefined) {
      issues.addIssue({
        code: 'custom',
        path: ['CRAWL_STAND_IN_URL'],
        message: 'for the local edition only',
      });
    }
    if (env.CORS_ORIGINS.includes('*')) {
      issues.addIssue({ code: 'custom', path: ['CORS_ORIGINS'], message: '* is for the local edition only' });
    }
  });

/** The Worker's configuration after parsing; nothing else reads raw bindings. */
export type Env = z.output<typeof envSchema>;

/** Configuration is missing or wrong. The message names every binding at fault and none of their values. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

const parsed = new WeakMap<object, Env>();

/** Parses the bindings once an isolate. Throws {@link ConfigurationError} that names all that is missing. */
export function parseEnv(bindings: object): Env {
  const known = parsed.get(bindings);
  if (known) return known;
  const result = envSchema.safeParse(bindings);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigurationError(
      `Loop Us is not configured. ${faults.join('; ')}. See the configuration table in README.md.`,
    );
  }
  parsed.set(bindings, result.data);
  return result.data;
}

/** Names of every setting, for the tests that hold wrangler.toml and the README to this file. */
export const SETTING_NAMES = Object.keys(envSchema.shape);
