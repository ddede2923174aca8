/** How an imitated site misbehaves: what its switch may say, and what it then answers. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { Reply, StandInRequest } from '../stand-in.ts';
import { htmlReply, textReply, type Site, type SiteRequest, type SiteTrouble } from './site.ts';

export type SourceSwitch = {
  source: string;
  mode: Mode;
  /** Only addresses that contain this text; robots.txt never. */
  match?: string;
  /** How many requests it strikes; without it, all until it is changed. */
  count?: number;
  /** Of `throttle` (429), `error` (500) and `answer` (200). */
  status?: number;
  /** Of `throttle`: the header as it is to stand there. */
  retryAfter?: string;
  /** Of `redirect`: the Location. */
  to?: string;
  /** Of `slow`: milliseconds a byte. */
  pace?: number;
  /** Of `answer`. */
  body?: string;
  headers?: Record<string, string>;
};

/** What stands at /robots.txt instead of today's. */
export type RobotsSwitch = { source: string; mode: (typeof ROBOTS_MODES)[number] };

type Strike = {
  site: Site;
  request: SiteRequest;
  order: SourceSwitch;
  raw: StandInRequest['raw'];
};

const MEBIBYTE = 1024 * 1024;

/** Those that any site can have; undefined: it has answered on the raw response, or never will. */
const GENERAL = {
  /** To where people in Europe are asked first. */
  consent: ({ request }) =>
    redirect(`https://consent.google.com/m?continue=${encodeURIComponent(request.url.href)}&gl=DE&hl=de`),
  consent_page: () => htmlReply(200, CONSENT_PAGE),
  loop: ({ request }) => redirect(request.url.href),
  redirect: ({ order }) => redirect(order.to ?? 'http://127.0.0.1/'),
  /** To the page that asks whether one is a person. */
  sorry: ({ request }) =>
    redirect(`https://www.google.com/sorry/index?continue=${encodeURIComponent(request.url.href)}`),
  throttle: ({ order }) =>
    htmlReply(
      order.status ?? 429,
      '<html><body>Too many requests</body></html>',
      order.retryAfter === undefined ? {} : { 'retry-after': order.retryAfter },
    ),
  challenge: () =>
    htmlReply(403, '<html><body>Just a moment...</body></html>', { 'cf-mitigated': 'challenge' }),
  error: ({ order }) => htmlReply(order.status ?? 500, '<html><body>Server Error</body></html>'),
  answer: ({ order }) => ({
    status: order.status ?? 200,
    headers: order.headers ?? {},
    body: order.body ?? '',
  }),
  garbage: (strike) => {
    const bytes = Buffer.from(
      Array.from({ length: 20_000 }, (_, place) => (place * 167 + (place >> 3)) & 0xff),
    );
    return { ...usual(strike), body: bytes };
  },
  hang: () => undefined,
  cut: answerHalf,
  slow: answerSlowly,
  huge: answerHugely,
  bomb: (strike) => {
    const { headers, ...rest } = usual(strike);
    return { ...rest, headers: { ...headers, 'content-encoding': 'gzip' }, body: makeBomb() };
  },
} satisfies Record<string, (strike: Strike) => Reply | undefined | Promise<undefined>>;

const SITE_MODES = ['empty', 'layout', 'schema', 'format', 'html', 'key', 'quota', 'busy', 'login'] as const;

export type Mode = keyof typeof GENERAL | SiteTrouble;

export const MODES: readonly Mode[] = [...(Object.keys(GENERAL) as (keyof typeof GENERAL)[]), ...SITE_MODES];

/** What a site answers while its switch is on; undefined when that has gone out, or never will, by the raw response. */
export async function misbehave(strike: Strike): Promise<Reply | undefined> {
  const { site, request, order } = strike;
  const own = site.troubles[order.mode as SiteTrouble];
  if (own) return own(request);
  const general = GENERAL[order.mode as keyof typeof GENERAL];
  return general(strike);
}

/** Whether the site can misbehave so. */
export function hasMode(site: Site, mode: string): mode is Mode {
  return Object.hasOwn(GENERAL, mode) || Object.hasOwn(site.troubles, mode);
}

export const ROBOTS_MODES = ['error', 'html', 'huge', 'closed', 'open', 'missing', 'hang'] as const;

export function answerRobots(mode: RobotsSwitch['mode']): Reply | undefined {
  switch (mode) {
    case 'error':
      return textReply(503, 'Service Unavailable');
    case 'html':
      return htmlReply(
        200,
        '<!doctype html><html><head><title>Home</title></head><body>Welcome</body></html>',
      );
    case 'huge':
      // 5 MB of comment, and what would close everything behind it.
      return textReply(200, `${'# nothing\n'.repeat(500_000)}User-agent: *\nDisallow: /\n`);
    case 'closed':
      return textReply(200, 'User-agent: *\nDisallow: /\n');
    case 'open':
      return textReply(200, 'User-agent: *\nDisallow:\n');
    case 'missing':
      return textReply(404, 'Not Found');
    case 'hang':
      return undefined;
  }
}

const CONSENT_PAGE =
  '<!doctype html><html lang="de"><head><title>Bevor Sie zu Google weitergehen</title></head><body>' +
  '<form action="https://consent.google.com/save" method="POST"><button>Alle akzeptieren</button></form></body></html>';

function redirect(location: string): Reply {
  return { status: 302, headers: { location, 'content-type': 'text/html; charset=utf-8' }, body: '' };
}

/** What it would answer if all was well. */
function usual({ site, request }: Strike): Reply {
  return site.answer(request);
}

function bytesOf({ body }: Reply): Buffer {
  return Buffer.from(body instanceof Uint8Array ? body : String(body ?? ''));
}

async function answerHalf(strike: Strike): Promise<undefined> {
  const reply = usual(strike);
  const { response } = strike.raw;
  const bytes = bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length });
  await new Promise<void>((resolve) => {
    response.write(bytes.subarray(0, Math.floor(bytes.length * 0.6)), () => resolve());
  });
  // What was written is on its way before the connection goes.
  await sleep(50, undefined, { ref: false });
  response.destroy();
}

async function answerSlowly(strike: Strike): Promise<undefined> {
  const reply = usual(strike);
  const { response } = strike.raw;
  response.writeHead(reply.status, reply.headers);
  response.flushHeaders();
  for (const byte of bytesOf(reply)) {
    if (response.destroyed) return;
    response.write(Buffer.from([byte]));
    await sleep(strike.order.pace ?? 1000, undefined, { ref: false });
  }
  response.end();
}

/** 50 MB without a length, as fast as they are taken. */
async function answerHugely(strike: Strike): Promise<undefined> {
  const reply = usual(strike);
  const { response } = strike.raw;
  response.writeHead(reply.status, reply.headers);
  const part = Buffer.alloc(MEBIBYTE, ' ');
  // Whoever has had enough hangs up.
  await pipeline(Readable.from(Array.from({ length: 50 }, () => part)), response).catch(() => undefined);
  return undefined;
}

let bomb: Buffer | undefined;

/** 1 MB of gzip that becomes 1 GB: one compressed mebibyte of spaces, repeated. Made once. */
function makeBomb(): Buffer {
  bomb ??= compressSpaces(1024);
  return bomb;
}

function compressSpaces(mebibytes: number): Buffer {
  const spaces = Buffer.alloc(MEBIBYTE, ' ');
  const block = deflateRawSync(spaces, { finishFlush: constants.Z_FULL_FLUSH });
  let check = 0;
  for (let round = 0; round < mebibytes; round += 1) check = crc32(spaces, check);
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(check, 0);
  end.writeUInt32LE((MEBIBYTE * mebibytes) % 2 ** 32, 4);
  return Buffer.concat([head, ...Array.from({ length: mebibytes }, () => block), Buffer.from([3, 0]), end]);
}
