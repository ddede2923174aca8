import { importPKCS8, SignJWT } from 'jose';
import * as z from 'zod';
import type { Clock } from './clock.ts';

/** The JSON of a Google service account, as far as it is used. */
export const ServiceAccount = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
  token_uri: z.url({ protocol: /^https?$/ }),
});
export type ServiceAccount = z.output<typeof ServiceAccount>;

export type PushMessage = {
  token: string;
  title: string;
  body: string;
  /** Ids and the kind: what opens the right screen. FCM takes texts alone. */
  data: Record<string, string>;
  /** A newer push of the same key takes the place of the one before on the device. */
  collapseKey: string;
};

/** What became of one push. */
export type PushOutcome =
  | { result: 'sent' }
  /** The token will never work again here. */
  | { result: 'token_dead'; code: string }
  /** FCM did not take it, and may later; `retryAfter` in seconds. */
  | { result: 'retry'; code: string; retryAfter: number }
  /** A fault of ours or of the project's set-up: trying again is of no use, and the token is not to blame. */
  | { result: 'refused'; code: string }
  /** Nobody knows whether it arrived. */
  | { result: 'unknown' };

export type Pusher = {
  /** Sends one push. Never throws for what FCM answers; throws when no access token can be had. */
  send(message: PushMessage): Promise<PushOutcome>;
};

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
/** Google's tokens live an hour. */
const TOKEN_MS = 50 * 60_000;
/** FCM asks for at least a minute after QUOTA_EXCEEDED. */
const DEFAULT_RETRY_SECONDS = 60;
const TIME_TO_LIVE_SECONDS = 86_400;

type Remembered = { token: string; until: number };

/**
 * FCM HTTP v1 (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send). The access token is kept
 * in the isolate's memory and nowhere else.
 */
export function createPusher(options: {
  account: ServiceAccount;
  fcmUrl: string;
  fetchFcm: typeof fetch;
  clock: Clock;
  memory: Map<string, unknown>;
}): Pusher {
  const { account, fcmUrl, fetchFcm, clock, memory } = options;
  const place = `fcm token ${account.client_email}`;

  async function accessToken(): Promise<string> {
    const known = memory.get(place) as Remembered | undefined;
    const now = clock.now().getTime();
    if (known && known.until > now) return known.token;
    const token = await fetchAccessToken(account, fetchFcm, now);
    memory.set(place, { token, until: now + TOKEN_MS } satisfies Remembered);
    return token;
  }

  return {
    async send(message) {
      const token = await accessToken();
      let response: Response;
      let answer: unknown;
      try {
        response = await fetchFcm(`${fcmUrl}/v1/projects/${account.project_id}/messages:send`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ message: toFcm(message) }),
        });
        answer = await response.json().catch(() => undefined);
      } catch {
        return { result: 'unknown' };
      }
      if (response.ok) return { result: 'sent' };
      const code = readErrorCode(answer);
      if (response.status === 401 && code !== 'THIRD_PARTY_AUTH_ERROR') memory.delete(place);
      return judge(response, code, answer);
    },
  };
}

function toFcm({ token, title, body, data, collapseKey }: PushMessage): object {
  return {
    token,
    data,
    notification: { title, body },
    android: {
      collapse_key: collapseKey,
      ttl: `${TIME_TO_LIVE_SECONDS}s`,
      notification: { tag: collapseKey },
    },
    apns: { headers: { 'apns-collapse-id': collapseKey }, payload: { aps: { sound: 'default' } } },
  };
}

const ErrorAnswer = z.object({
  error: z.object({
    status: z.string().optional(),
    details: z
      .array(
        z.object({
          errorCode: z.string().optional(),
          fieldViolations: z.array(z.object({ field: z.string().optional() })).optional(),
        }),
      )
      .optional(),
  }),
});

function readErrorCode(answer: unknown): string {
  const { data } = ErrorAnswer.safeParse(answer);
  const detailed = data?.error.details?.find(({ errorCode }) => errorCode !== undefined)?.errorCode;
  return detailed ?? data?.error.status ?? 'UNSPECIFIED_ERROR';
}

/** FCM's own list: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode. */
function judge(response: Response, code: string, answer: unknown): PushOutcome {
  if (code === 'UNREGISTERED' || code === 'SENDER_ID_MISMATCH') return { result: 'token_dead', code };
  if (code === 'INVALID_ARGUMENT') {
    return isTokenAtFault(answer) ? { result: 'token_dead', code } : { result: 'refused', code };
  }
  if (code === 'THIRD_PARTY_AUTH_ERROR') return { result: 'refused', code };
  const isOurToken = response.status === 401;
  if (response.status === 429 || response.status >= 500 || isOurToken) {
    return { result: 'retry', code, retryAfter: readRetryAfter(response) };
  }
  return { result: 'refused', code };
}

function isTokenAtFault(answer: unknown): boolean {
  const { data } = ErrorAnswer.safeParse(answer);
  const violations = data?.error.details?.flatMap(({ fieldViolations }) => fieldViolations ?? []) ?? [];
  return violations.some(({ field }) => field === 'message.token');
}

function readRetryAfter(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(seconds) && seconds > 0) return Math.ceil(seconds);
  return DEFAULT_RETRY_SECONDS;
}

/** RFC 7523: https://developers.google.com/identity/protocols/oauth2/service-account#httprest. */
async function fetchAccessToken(
  account: ServiceAccount,
  fetchFcm: typeof fetch,
  now: number,
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const assertion = await new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(account.client_email)
    .setAudience(account.token_uri)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 3600)
    .sign(await importPKCS8(account.private_key, 'RS256'));
  const response = await fetchFcm(account.token_uri, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
    }).toString(),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new PushUnavailable(`no access token: ${response.status}`);
  }
  const { access_token: token } = z.object({ access_token: z.string().min(1) }).parse(await response.json());
  return token;
}

/** Google gave no access token. */
export class PushUnavailable extends Error {
  override name = 'PushUnavailable';
}
