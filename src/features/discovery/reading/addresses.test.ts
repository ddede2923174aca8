import { describe, expect, it } from 'vitest';
import { normalizeAddress, readAddress, readPictureAddress, unwrapAddress } from './addresses.ts';
import { brunchIdentity, identifyAddress, identifyStory, videoIdentity } from './identities.ts';

const BASE = 'https://news.example.com/list';
const read = (text: string) => {
  const url = readAddress(text, BASE);
  return typeof url === 'string' ? url : url.href;
};

describe('an address', () => {
  it('15: is one of the web, relative ones of the source', () => {
    for (const text of [
      'javascript:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'ftp://example.org/',
      '//evil',
      'https://',
      'https://user:pass@example.org/',
      'https://user@example.org/',
      'https://example.org:8443/',
      'http://example.org:443/',
      'about:blank',
      `https://example.org/${'a'.repeat(3000)}`,
    ]) {
      expect({ text, url: read(text) }).toEqual({ text, url: 'refused_address' });
    }
    for (const text of ['', '  \n', '\t']) expect(read(text)).toBe('no_address');
    expect(read('/a/1')).toBe('https://news.example.com/a/1');
    expect(read('//press.example.org/a')).toBe('https://press.example.org/a');
    expect(read(' https://press.example.org/a b\n?c=d&copy=1 ')).toBe(
      'https://press.example.org/a%20b?c=d&copy=1',
    );
    expect(read('http://press.example.org:80/a')).toBe('http://press.example.org/a');
    expect(read('https://한국.example.org/가')).toBe('https://xn--3e0b707e.example.org/%EA%B0%80');
  });

  it('16: is no number, no name of a private network', () => {
    const hosts = [
      '127.1',
      '0x7f.1',
      '2130706433',
      '017700000001',
      '[::ffff:7f00:1]',
      '[::1]',
      '169.254.169.254',
      '10.0.0.1',
      '100.64.0.1',
      'host.',
      'host',
      'localhost',
      'localhost.',
      'a.localhost',
      'printer.local',
      'metadata.google.internal',
      'metadata',
      '①②⑦.0.0.1',
      '127。0。0。1',
      'x.onion',
    ];
    for (const host of hosts) {
      for (const scheme of ['http', 'https']) {
        const text = `${scheme}://${host}/latest`;
        expect({ text, url: read(text), picture: readPictureAddress(text, BASE) }).toEqual({
          text,
          url: 'refused_address',
          picture: null,
        });
      }
    }
  });

  it('27: of a picture is on https, or none', () => {
    expect(
      readPictureAddress('//img1.daumcdn.net/thumb/R1280x0.fwebp/?fname=http%253A%252F%252Ft1', BASE),
    ).toBe('https://img1.daumcdn.net/thumb/R1280x0.fwebp/?fname=http%253A%252F%252Ft1');
    expect(readPictureAddress('http://t1.daumcdn.net/a/name', BASE)).toBe('https://t1.daumcdn.net/a/name');
    for (const text of [
      '',
      null,
      undefined,
      'data:image/png;base64,AA',
      'https://t1.daumcdn.net:81/a',
      `https://t1.daumcdn.net/${'a'.repeat(3072)}`,
    ]) {
      expect(readPictureAddress(text, BASE)).toBeNull();
    }
  });

  it('that only leads to another is unwrapped, unless that is none to be shown', () => {
    const unwrap = (text: string) => unwrapAddress(new URL(text)).href;
    expect(
      unwrap('http://www.bing.com/news/apiclick.aspx?ref=x&url=https%3a%2f%2fpress.example.org%2fa'),
    ).toBe('https://press.example.org/a');
    expect(unwrap('https://www.google.com/url?q=https://press.example.org/a')).toBe(
      'https://press.example.org/a',
    );
    expect(unwrap('https://news.google.com/news/url?sa=t&url=http://press.example.org/a')).toBe(
      'http://press.example.org/a',
    );
    for (const kept of [
      'https://www.google.com/url?q=http://127.1/',
      'https://www.google.com/url',
      'https://example.org/url?q=https://press.example.org/a',
    ]) {
      expect(unwrap(kept)).toBe(kept);
    }
  });
});

describe('19: one page', () => {
  const same = 'https://press.example.org/a/1?b=2&c=3';

  it.each([
    'http://press.example.org/a/1?b=2&c=3',
    'https://www.press.example.org/a/1?b=2&c=3',
    'https://PRESS.example.org./a/1/?c=3&b=2',
    'https://m.press.example.org/a/1?b=2&c=3#comments',
    'https://press.example.org//a/1?b=2&c=3&utm_source=x&utm_medium=y&fbclid=z&gclid=1&srsltid=2&_hsenc=3&mc_eid=4',
    'https://amp.press.example.org/a/1/amp?b=2&c=3&outputType=amp',
  ])('is known again at %s', async (other) => {
    expect(await identifyAddress(new URL(other))).toBe(await identifyAddress(new URL(same)));
  });

  it.each([
    'https://press.example.org/a/2?b=2&c=3',
    'https://press.example.org/a/1?b=2&c=4',
    'https://other.example.org/a/1?b=2&c=3',
    'https://press.example.org/A/1?b=2&c=3',
    'https://press.example.org/a/1?b=2%26c=3',
  ])('is another one than %s', async (other) => {
    expect(await identifyAddress(new URL(other))).not.toBe(await identifyAddress(new URL(same)));
  });

  it('keeps short hosts whole', () => {
    expect(normalizeAddress(new URL('https://m.kr/'))).toBe('m.kr');
    expect(normalizeAddress(new URL('https://www.kr/a'))).toBe('www.kr/a');
  });

  it('is known by the ids of its site', async () => {
    const identities = (...texts: string[]) =>
      Promise.all(texts.map((text) => identifyAddress(new URL(text))));
    const id = 'A2SDDphj6eY';
    const videos = [
      `https://www.youtube.com/watch?v=${id}&t=10s`,
      `https://youtu.be/${id}?si=x`,
      `https://m.youtube.com/shorts/${id}`,
      `https://www.youtube.com/live/${id}`,
      `https://www.youtube-nocookie.com/embed/${id}`,
    ];
    expect(new Set(await identities(...videos))).toEqual(new Set([`youtube:${id}`]));
    expect(
      await identities(
        'https://brunch.co.kr/@@eHom/78',
        'https://brunch.co.kr/@EveningDriver/78/?utm_source=x',
      ),
    ).toEqual(['brunch:eHom_78', 'brunch:@eveningdriver_78']);
    expect(brunchIdentity({ profileId: 'eveningdriver' }, '78')).toBe('brunch:@eveningdriver_78');
    expect(brunchIdentity({ userId: 'eHom' }, '078')).toBe('brunch:eHom_78');
    expect(brunchIdentity({ userId: 'a/b' }, '1')).toBeUndefined();
    expect(brunchIdentity({ userId: '' }, '1')).toBeUndefined();
    const naver = [
      'https://n.news.naver.com/mnews/article/023/0003901234?sid=101',
      'https://n.news.naver.com/article/023/0003901234',
      'https://news.naver.com/main/read.naver?mode=LSD&oid=023&aid=0003901234',
    ];
    expect(new Set(await identities(...naver))).toEqual(new Set(['naver:023_0003901234']));
    expect(videoIdentity('short')).toBeUndefined();
  });

  it('18: of a newspaper is known by its headline', async () => {
    const story = await identifyStory('www.chosun.com', '반도체 “대박”… 채용 늘린다');
    expect(await identifyStory('chosun.com', '반도체 "대박"...채용 늘린다')).toBe(story);
    expect(await identifyStory('m.chosun.com', '반도체  ‘대박’ 채용 늘린다')).toBe(story);
    expect(await identifyStory('donga.com', '반도체 “대박”… 채용 늘린다')).not.toBe(story);
    expect(await identifyStory('chosun.com', 'C++ 채용')).not.toBe(
      await identifyStory('chosun.com', 'C 채용'),
    );
    expect(await identifyStory('chosun.com', '!!!')).not.toBe(await identifyStory('chosun.com', '???'));
  });
});
