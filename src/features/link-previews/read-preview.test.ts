import { describe, expect, it } from 'vitest';
import { decodeHtml } from './decode-html.ts';
import { readPreview } from './read-preview.ts';

describe('what a page says of itself', () => {
  it('is Open Graph first, then Twitter, then HTML', () => {
    const own = '<title>제목 &amp; 글</title><meta name=description content="설명">';
    const twitter =
      '<meta name="twitter:title" content="T"><meta name="twitter:description" content="TD"><meta name="twitter:image" content="/t.png">';
    const graph =
      '<meta property="og:title" content="OG"><meta property="og:description" content="OD"><meta property="og:image" content="/o.png"><meta property="og:image:secure_url" content="https://x.example.com/s.png">';
    expect(readPreview(`<head>${own}</head>`)).toEqual({
      title: '제목 & 글',
      description: '설명',
      picture: undefined,
      base: undefined,
    });
    expect(readPreview(`<head>${own}${twitter}</head>`)).toMatchObject({
      title: 'T',
      description: 'TD',
      picture: '/t.png',
    });
    expect(readPreview(`<head>${own}${twitter}${graph}</head>`)).toMatchObject({
      title: 'OG',
      description: 'OD',
      picture: 'https://x.example.com/s.png',
    });
  });

  it('is read as people write it: upper case, name for property, empty values, a base', () => {
    const html = `<!DOCTYPE HTML><HEAD><BASE HREF="https://cdn.example.com/"><META NAME="OG:Title" CONTENT="">
      <META PROPERTY=OG:TITLE CONTENT='  두 번째
      줄 '><meta name="og:image" content=" a.png "></HEAD>`;
    expect(readPreview(html)).toEqual({
      title: '두 번째 줄',
      description: undefined,
      picture: 'a.png',
      base: 'https://cdn.example.com/',
    });
  });

  it('ends with the head: titles in pictures and texts are not the page’s', () => {
    expect(readPreview('<title>One</title><svg><title>Two</title></svg>').title).toBe('One');
    expect(readPreview('<head></head><body><meta property="og:title" content="x">').title).toBeUndefined();
    const late = `<head>${'<link rel=x>'.repeat(5000)}<meta property="og:title" content="late"></head>`;
    expect(readPreview(late).title).toBe('late');
  });

  it('is one clean line of bounded length', () => {
    expect(readPreview('<title>\u202egpj.exe\u0007 \u200b한\u1100\u1161</title>').title).toBe('gpj.exe 한가');
    expect(readPreview('<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>').title).toBe(
      '<script>alert(1)</script>',
    );
    expect(readPreview('<title> \n&nbsp; </title>').title).toBeUndefined();
    const long = readPreview(
      `<title>${'😀'.repeat(301)}</title><meta name=description content="${'가'.repeat(501)}">`,
    );
    expect([...(long.title ?? '')]).toHaveLength(300);
    expect(long.description).toBe(`${'가'.repeat(499)}…`);
    expect(readPreview(`<title>${'가'.repeat(300)}</title>`).title).toBe('가'.repeat(300));
  });

  it('survives what is no page', () => {
    for (const junk of [
      '',
      '<',
      '<title>',
      '<title>open',
      '<meta',
      '\0\0\0',
      '<'.repeat(100_000),
      '<a'.repeat(50_000),
    ]) {
      expect(readPreview(junk).picture).toBeUndefined();
    }
    expect(readPreview(`${'<div>'.repeat(900)}<title>within bounds</title>`).title).toBe('within bounds');
    for (const tag of ['<div>', '<head>', '<noscript>', '</p><div>']) {
      expect(readPreview(`${tag.repeat(100_000)}<title>too deep</title>`).title).toBeUndefined();
    }
  });
});

describe('the text of a page', () => {
  /** 한글 in EUC-KR. */
  const hangul = Buffer.from('c7d1b1db', 'hex');
  const utf8 = Buffer.from('한글');

  it.each([
    ['as its header says', hangul, 'text/html; charset=EUC-KR'],
    ['by a name of Windows', hangul, 'text/html;charset=cp949'],
    ['by an older name', hangul, 'text/html; charset="ks_c_5601-1987"'],
    ['without a word', hangul, 'text/html'],
    ['although its header says UTF-8', hangul, 'text/html; charset=utf-8'],
    ['although its header says nonsense', hangul, 'text/html; charset=klingon'],
    ['in UTF-8', utf8, 'text/html'],
    ['in UTF-8 although its header says EUC-KR', Buffer.from('한글 뷁'), 'text/html; charset=euc-kr'],
    ['in UTF-8 with a mark', Buffer.from('\ufeff한글'), 'text/html'],
    ['in UTF-16 with a mark', Buffer.from('\ufeff한글', 'utf16le'), 'text/html'],
  ])('is read %s', (_how, bytes, contentType) => {
    expect(decodeHtml(bytes, contentType)).toMatch(/^한글/);
  });

  it('is read as its own first bytes say', () => {
    const page = (meta: string) => Buffer.concat([Buffer.from(meta), hangul]);
    expect(decodeHtml(page('<meta charset=euc-kr>'), 'text/html')).toContain('한글');
    expect(
      decodeHtml(page('<meta http-equiv="Content-Type" content="text/html; charset=EUC-KR">'), ''),
    ).toContain('한글');
  });

  it('may be cut off within a character, and what fits nothing is replaced', () => {
    expect(decodeHtml(utf8.subarray(0, 5), 'text/html')).toBe('한');
    expect(decodeHtml(hangul.subarray(0, 3), 'text/html; charset=euc-kr')).toBe('한');
    expect(decodeHtml(Buffer.from([0x61, 0xff, 0xff, 0x80]), 'text/html')).toMatch(/^a\ufffd/);
  });
});
