/**
 * FCM on one machine: Google's token endpoint and `messages:send` of HTTP v1, for one service account of its own.
 *
 * - `GET /_control/sent` → `{ sent }`, every push taken so far; `?token=` those to one device
 * - `POST /_control/answers` `{ token, error, retryAfterSeconds?, count? }`: that device's pushes get an error of FCM;
 *   `{ token }` alone: no longer. `DELETE` forgets them all
 * - `GET /_control/calls` → `{ tokens, sends }`, how often each was asked
 */
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { jwtVerify } from 'jose';
import { startStandIn, type Reply, type StandIn, type StandInRequest } from '../stand-in.ts';
import { writePrivately } from '../state.ts';
import { errorReply, FCM_ERRORS, type FcmError } from './errors.ts';

export type Fcm = StandIn & {
  /** JSON of a service account that this stand-in knows: its token_uri leads here. */
  serviceAccount: string;
};

export type FcmOptions = {
  port?: number;
  latencyMs?: number;
  /** A file that keeps the account's private key over a restart, readable by its owner only. */
  keyPath?: string;
};

type Push = { token: string; data: Record<string, string>; notification: { title: string; body: string } };
type Order = { error: FcmError; retryAfterSeconds?: number; left: number };

const PROJECT = 'loopus-local';
const CLIENT_EMAIL = `push@${PROJECT}.iam.gserviceaccount.com`;
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const SEND_PATH = `/v1/projects/${PROJECT}/messages:send`;
const MAX_BYTES = 4096;
/** What FCM takes no data keys of. */
const RESERVED = /^(?:from|message_type|google.*|gcm.*)$/;

/** Starts it on 127.0.0.1. Rejects with EADDRINUSE when the port is taken. */
export async function startFcm(options: FcmOptions = {}): Promise<Fcm> {
  const privateKey = openKey(options.keyPath);
  const publicKey = createPublicKey(privateKey);
  const sent: Push[] = [];
  const orders = new Map<string, Order>();
  const accessTokens = new Set<string>();
  const calls = { tokens: 0, sends: 0 };

  async function giveToken(body: Buffer): Promise<Reply> {
    calls.tokens += 1;
    const form = new URLSearchParams(body.toString());
    try {
      if (form.get('grant_type') !== GRANT) throw new Error('another grant type');
      const { payload } = await jwtVerify(form.get('assertion') ?? '', publicKey, {
        algorithms: ['RS256'],
        issuer: CLIENT_EMAIL,
        audience: `${standIn.url}/token`,
        requiredClaims: ['exp', 'iat'],
        // Tests move the Worker's clock, and Google's is another.
        currentDate: new Date(Number(readIssuedAt(form.get('assertion') ?? '')) * 1000),
      });
      if (payload['scope'] !== SCOPE) throw new Error('another scope');
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return { status: 400, body: { error: 'invalid_grant', error_description: words } };
    }
    const token = randomBytes(24).toString('base64url');
    accessTokens.add(token);
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 3599 } };
  }

  function send(request: StandInRequest): Reply {
    calls.sends += 1;
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!accessTokens.has(bearer)) return errorReply('UNAUTHENTICATED');
    const { message } = request.json() as { message?: Push };
    if (!message || !isWellFormed(message)) return errorReply('INVALID_ARGUMENT');
    const order = orders.get(message.token);
    if (order) {
      order.left -= 1;
      if (order.left <= 0) orders.delete(message.token);
      return errorReply(order.error, order.retryAfterSeconds);
    }
    sent.push(message);
    return { status: 200, body: { name: `projects/${PROJECT}/messages/${randomBytes(8).toString('hex')}` } };
  }

  const standIn = await startStandIn({
    port: options.port ?? 0,
    latencyMs: options.latencyMs ?? 0,
    async handle(request) {
      const { method, url } = request;
      if (method === 'POST' && url.pathname === '/token') return giveToken(request.body);
      if (method === 'POST' && url.pathname === SEND_PATH) return send(request);
      return { status: 404, body: { error: { code: 404, status: 'NOT_FOUND', message: 'no such method' } } };
    },
    control: {
      sent: (_body, url) => {
        const token = url.searchParams.get('token');
        return { sent: sent.filter((push) => token === null || push.token === token) };
      },
      calls: () => calls,
      answers(body, _url, method) {
        if (method === 'DELETE') orders.clear();
        else setOrder(orders, body);
        return { devices: orders.size };
      },
    },
  });
  const serviceAccount = JSON.stringify({
    type: 'service_account',
    project_id: PROJECT,
    client_email: CLIENT_EMAIL,
    private_key: privateKey,
    token_uri: `${standIn.url}/token`,
  });
  return { ...standIn, serviceAccount };
}

function openKey(path: string | undefined): string {
  if (path !== undefined && existsSync(path)) return readFileSync(path, 'utf8');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  if (path !== undefined) writePrivately(path, privateKey);
  return privateKey;
}

function readIssuedAt(assertion: string): unknown {
  const [, payload = ''] = assertion.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat?: unknown }).iat;
}

function isWellFormed({ token, data, notification }: Push): boolean {
  const isData =
    typeof data === 'object' &&
    Object.entries(data).every(([name, value]) => typeof value === 'string' && !RESERVED.test(name));
  const bytes = Buffer.byteLength(JSON.stringify({ data, notification }));
  return typeof token === 'string' && token !== '' && isData && bytes <= MAX_BYTES;
}

function setOrder(orders: Map<string, Order>, body: unknown): void {
  const { token, error, retryAfterSeconds, count } = (body ?? {}) as {
    token?: string;
    error?: FcmError;
    retryAfterSeconds?: number;
    count?: number;
  };
  if (!token) throw new Error('an answer belongs to a token');
  if (error === undefined) orders.delete(token);
  else if (!FCM_ERRORS.includes(error)) throw new Error(`one of ${FCM_ERRORS.join(', ')}`);
  else {
    orders.set(token, {
      error,
      left: count ?? Number.POSITIVE_INFINITY,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }
}
