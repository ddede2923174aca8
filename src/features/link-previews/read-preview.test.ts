import { describe, expect, it } from 'vitest';
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
