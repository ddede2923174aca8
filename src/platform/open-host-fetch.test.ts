import { describe, expect, it } from 'vitest';
import type { Deps } from './context.ts';
import { fetchOpen, OpenFetchError, parseOpenUrl, type OpenFetchOptions } from './open-host-fetch.ts';
import { createOutbound } from './outbound.ts';

const OWN = ['api.loopus.kr', 'staff.loopus.kr', 'redis.upstash.example-cloud.io'];

const page: OpenFetchOptions = {
  accept: 'text/html',
  isWanted: (type) => type === 'text/html',
  maxBytes: 100,
  whenLarger: 'cut',
  timeoutMs: 5000,
};

/** A web of answers by address; what was asked is kept. */
function webOf(answers: Record<string, (request: Request) => Response | Promise<Response>>) {
  const asked: Request[] = [];
  const web = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input as string, init);
    asked.push(request);
    const answer = answers[request.url];
    if (!answer) throw new TypeError(`nothing at ${request.url}`);
    return answer(request);
  };
  const deps = {
    outbound: createOutbound(web as typeof fetch),
    config: { publicUrl: 'https://api.loopus.kr', ownHosts: OWN },
  } as unknown as Deps;
  return { deps, asked };
}

function html(body: BodyInit, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof OpenFetchError) return error.outcome;
    throw error;
  }
  return 'ok';
}

const CLOSED = [
  'http://www.example.com/',
  'ftp://www.example.com/',
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'https://user:secret@www.example.com/',
  'https://www.example.com:8443/',
  'https://www.example.com:80/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://127.0.0.1./',
  'https://１２７.０.０.１/',
  'https://8.8.8.8/',
  'https://10.0.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[fe80::1]/',
  'https://localhost/',
  'https://localhost./',
  'https://api.localhost/',
  'https://intranet/',
  'https://db.internal/',
  'https://printer.local/',
  'https://router.home.arpa/',
  'https://hidden.onion/',
  'https://api.loopus.kr/v1/account',
  'https://API.LOOPUS.KR./v1/account',
  'https://x.staff.loopus.kr/',
  'https://redis.upstash.example-cloud.io/',
  `https://www.example.com/${'a'.repeat(2000)}`,
  '//www.example.com/',
  '',
];

describe('an address', () => {
  it.each(CLOSED)('%s is refused', async (address) => {
    expect(() => parseOpenUrl(address, OWN)).toThrow('refused_host');
    const { deps, asked } = webOf({});
    expect(await outcomeOf(fetchOpen(deps, address, page))).toBe('refused_host');
    expect(asked).toEqual([]);
  });

  it.each([
    ['https://www.example.com', 'https://www.example.com/'],
    ['https://WWW.Example.COM:443/a?b=c#d', 'https://www.example.com/a?b=c'],
    ['https://한국.kr/뉴스', 'https://xn--3e0b707e.kr/%EB%89%B4%EC%8A%A4'],
    ['https://news.삼성/', 'https://news.xn--cg4bki/'],
    ['https://loopus.kr/', 'https://loopus.kr/'],
    ['https://notapi.loopus.kr/', 'https://notapi.loopus.kr/'],
    ['https://127.0.0.1.nip.example.com/', 'https://127.0.0.1.nip.example.com/'],
  ])('%s is open', (address, url) => {
    expect(parseOpenUrl(address, OWN).href).toBe(url);
  });
});

describe('reading', () => {
  it('follows redirects, relative ones too, and says where they led', async () => {
    const { deps, asked } = webOf({
      'https://a.example.com/1': () => redirect('/2'),
      'https://a.example.com/2': () => redirect('https://b.example.com/3#part'),
      'https://b.example.com/3': () => html('hello'),
    });
    const found = await fetchOpen(deps, 'https://a.example.com/1', page);
    expect([found.url, new TextDecoder().decode(found.bytes)]).toEqual(['https://b.example.com/3', 'hello']);
    expect(asked).toHaveLength(3);
    for (const { headers, redirect } of asked) {
      expect(redirect).toBe('manual');
      expect(headers.get('user-agent')).toContain('LoopUsBot');
      expect(headers.get('cookie') ?? headers.get('authorization')).toBeNull();
    }
  });

  // A header carries no other letters, and what is relative stays where it is.
  it.each(CLOSED.filter((address) => /^[\x21-\x7e]+$/.test(address) && !address.startsWith('//')))(
    'stops at a redirect to %s',
    async (address) => {
      const { deps, asked } = webOf({ 'https://a.example.com/': () => redirect(address) });
      expect(await outcomeOf(fetchOpen(deps, 'https://a.example.com/', page))).toBe('refused_host');
      expect(asked).toHaveLength(1);
    },
  );

  it('follows five redirects and no more', async () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length: length + 1 }, (_, at) => [
          `https://a.example.com/${at}`,
          () => (at === length ? html('end') : redirect(`/${at + 1}`)),
        ]),
      );
    expect(await outcomeOf(fetchOpen(webOf(chain(5)).deps, 'https://a.example.com/0', page))).toBe('ok');
    const six = webOf(chain(6));
    expect(await outcomeOf(fetchOpen(six.deps, 'https://a.example.com/0', page))).toBe('too_many_redirects');
    expect(six.asked).toHaveLength(6);
  });

  it('takes the beginning of a page that is too long, or refuses, and reads no further', async () => {
    let pulled = 0;
    let isCancelled = false;
    const endless = () =>
      html(
        new ReadableStream({
          pull(controller) {
            pulled += 1;
            controller.enqueue(new Uint8Array(64).fill(97));
          },
          cancel() {
            isCancelled = true;
          },
        }),
      );
    const { deps } = webOf({ 'https://a.example.com/': endless });
    const found = await fetchOpen(deps, 'https://a.example.com/', page);
    expect([found.bytes.length, isCancelled]).toEqual([100, true]);
    expect(pulled).toBeLessThan(6);
    const refuse = { ...page, whenLarger: 'refuse' as const };
    expect(await outcomeOf(fetchOpen(deps, 'https://a.example.com/', refuse))).toBe('too_large');
    const exact = webOf({ 'https://a.example.com/': () => html('a'.repeat(100)) });
    expect(await outcomeOf(fetchOpen(exact.deps, 'https://a.example.com/', refuse))).toBe('ok');
  });

  it('gives up a page that does not answer, and one that stalls in the middle', async () => {
    const { deps } = webOf({
      'https://silent.example.com/': ({ signal }) =>
        new Promise<Response>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      'https://stalls.example.com/': () =>
        html(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })),
    });
    const soon = { ...page, timeoutMs: 30 };
    expect(await outcomeOf(fetchOpen(deps, 'https://stalls.example.com/', soon))).toBe('timeout');
    expect(await outcomeOf(fetchOpen(deps, 'https://silent.example.com/', soon))).toBe('timeout');
  });

  it('tells failures apart', async () => {
    const { deps } = webOf({
      'https://a.example.com/gone': () => new Response('gone', { status: 410 }),
      'https://a.example.com/busy': () => new Response('busy', { status: 503 }),
      'https://a.example.com/pdf': () => html('x', { 'content-type': 'application/pdf' }),
      'https://a.example.com/bare': () => new Response(new Uint8Array(3)),
      'https://a.example.com/empty': () => html(''),
      'https://a.example.com/lost': () => new Response(null, { status: 302 }),
    });
    const ask = (path: string) => outcomeOf(fetchOpen(deps, `https://a.example.com/${path}`, page));
    expect(await ask('gone')).toBe('http_error');
    expect(await ask('busy')).toBe('http_error');
    expect(await ask('lost')).toBe('http_error');
    expect(await ask('pdf')).toBe('wrong_type');
    expect(await ask('bare')).toBe('wrong_type');
    expect(await ask('empty')).toBe('ok');
    expect(await ask('nothing')).toBe('unreachable');
  });
});
