import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import { createDeps, type Surroundings } from './deps.ts';
import { ConfigurationError, parseEnv, type Env } from './env.ts';
import { accountEndpoints, authenticateSession } from './features/account/index.ts';
import { careerEndpoints } from './features/careers/index.ts';
import { commentEndpoints } from './features/comments/index.ts';
import { discoveryEndpoints, discoveryStaffEndpoints } from './features/discovery/index.ts';
import { exportEndpoints } from './features/exports/index.ts';
import { feedEndpoints } from './features/feed/index.ts';
import { followEndpoints } from './features/follows/index.ts';
import { mediaEndpoints } from './features/media/index.ts';
import { messageEndpoints } from './features/messages/index.ts';
import { notificationEndpoints } from './features/notifications/index.ts';
import { postEndpoints } from './features/posts/index.ts';
import { profileEndpoints } from './features/profile/index.ts';
import { pushEndpoints } from './features/push/index.ts';
import { rankingEndpoints, rankingStaffEndpoints } from './features/ranking/index.ts';
import { reactionEndpoints } from './features/reactions/index.ts';
import { realtimeEndpoints } from './features/realtime/index.ts';
import { reportEndpoints } from './features/reports/index.ts';
import { schoolEndpoints } from './features/schools/index.ts';
import { searchEndpoints } from './features/search/index.ts';
import { authenticateStaff, staffEndpoints } from './features/staff/index.ts';
import { tagEndpoints } from './features/tags/index.ts';
import type { AppContext } from './platform/http/app-context.ts';
import { botRoutes } from './platform/http/bot-page.ts';
import { docsRoutes } from './platform/http/docs.ts';
import type { Endpoint } from './platform/http/endpoint.ts';
import { healthEndpoints } from './platform/http/health.ts';
import { jobEndpoints } from './platform/jobs/endpoint.ts';
import { authenticateJob } from './platform/jobs/signature.ts';
import { keepMediaApart } from './platform/http/media-host.ts';
import { mountEndpoints, type Limiters } from './platform/http/mount.ts';
import { answerProblem } from './platform/http/problem.ts';
import { methodNotAllowed } from './platform/http/not-found.ts';
import { logRequest } from './platform/http/request-log.ts';
import { requireSupportedApp } from './platform/http/app-version.ts';
import { AppError } from './platform/errors.ts';
import { createLog } from './platform/log.ts';

/** Every route of the API. */
export const endpoints: readonly Endpoint[] = [
  ...healthEndpoints,
  ...jobEndpoints,
  ...schoolEndpoints,
  ...accountEndpoints,
  ...exportEndpoints,
  ...followEndpoints,
  ...profileEndpoints,
  ...reportEndpoints,
  ...careerEndpoints,
  ...mediaEndpoints,
  ...postEndpoints,
  ...commentEndpoints,
  ...reactionEndpoints,
  ...tagEndpoints,
  ...feedEndpoints,
  ...discoveryEndpoints,
  ...rankingEndpoints,
  ...notificationEndpoints,
  ...pushEndpoints,
  ...messageEndpoints,
  ...realtimeEndpoints,
  ...searchEndpoints,
  ...staffEndpoints,
  ...rankingStaffEndpoints,
  ...discoveryStaffEndpoints,
];

/** Builds the whole app. `surround` gives each invocation its surroundings; tests move the clock there. */
export function createApp(surround: (waitUntil: (work: Promise<unknown>) => void) => Surroundings) {
  const app = new Hono<AppContext>();
  const env = (c: { env: object }): Env => parseEnv(c.env);

  app.onError((error, c) => {
    if (!(error instanceof ConfigurationError)) return answerProblem(c, error, publicUrlOf(c.env));
    c.get('log').error(error.message);
    return answerProblem(c, new AppError('misconfigured'), publicUrlOf(c.env));
  });

  app.use(async (c, next) => {
    const requestId = crypto.randomUUID();
    c.set('requestId', requestId);
    c.set('log', createLog({ requestId }));
    c.header('x-request-id', requestId);
    await next();
  });
  app.use(logRequest());
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      crossOriginResourcePolicy: 'cross-origin',
      // Pages and media have a policy of their own.
      overwrite: false,
    }),
  );
  app.use(async (c, next) => {
    await next();
    // Answers hold personal data unless a route says otherwise.
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'private, no-store');
  });
  app.use((c, next) => {
    const origins = env(c).CORS_ORIGINS;
    return cors({
      // In a list `*` would be an origin by that name.
      origin: origins.includes('*') ? '*' : origins,
      allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'accept-language', 'x-app-version'],
      exposeHeaders: ['x-request-id', 'retry-after'],
      maxAge: 86_400,
    })(c, next);
  });
  app.use(async (c, next) => {
    const background = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
    c.set('deps', createDeps(env(c), c.get('requestId'), surround(background)));
    await next();
  });
  app.use(keepMediaApart((c) => env(c)));
  app.use(
    '/v1/*',
    requireSupportedApp((c) => env(c).MIN_APP_VERSION),
  );

  mountEndpoints(app, endpoints, {
    limiters: (c): Limiters => {
      const { LIMIT_IP, LIMIT_READ, LIMIT_WRITE } = env(c);
      return { ip: LIMIT_IP, read: LIMIT_READ, write: LIMIT_WRITE };
    },
    authenticators: {
      session: authenticateSession,
      company: authenticateSession,
      staff: (c) => {
        const { STAFF_HOST, STAFF_ACCESS_ISSUER, STAFF_ACCESS_AUDIENCE } = env(c);
        return authenticateStaff(c, {
          host: STAFF_HOST,
          issuer: STAFF_ACCESS_ISSUER,
          audience: STAFF_ACCESS_AUDIENCE,
        });
      },
      job: (c) => {
        const { QSTASH_CURRENT_SIGNING_KEY, QSTASH_NEXT_SIGNING_KEY, PUBLIC_URL } = env(c);
        return authenticateJob(c, {
          currentSigningKey: QSTASH_CURRENT_SIGNING_KEY,
          nextSigningKey: QSTASH_NEXT_SIGNING_KEY,
          publicUrl: PUBLIC_URL,
        });
      },
    },
  });
  app.route('/', docsRoutes(endpoints));
  app.route('/', botRoutes());
  app.notFound((c) => answerProblem(c, methodNotAllowed(c.req.path, endpoints), publicUrlOf(c.env)));
  return app;
}

/** Errors must be answered even when the configuration cannot be read. */
function publicUrlOf(bindings: object): string {
  const { PUBLIC_URL } = bindings as { PUBLIC_URL?: unknown };
  return typeof PUBLIC_URL === 'string' ? PUBLIC_URL : '';
}
