import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

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
    expect(decodeText(bytes, contentType)).toMatch(/^한글/);
  });

  it('is read as its own first bytes say', () => {
    const page = (meta: string) => Buffer.concat([Buffer.from(meta), hangul]);
    expect(decodeText(page('<meta charset=euc-kr>'), 'text/html')).toContain('한글');
    expect(
      decodeText(page('<meta http-equiv="Content-Type" content="text/html; charset=EUC-KR">'), ''),
    ).toContain('한글');
  });

  it('may be cut off within a character, and what fits nothing is replaced', () => {
    expect(decodeText(utf8.subarray(0, 5), 'text/html')).toBe('한');
    expect(decodeText(hangul.subarray(0, 3), 'text/html; charset=euc-kr')).toBe('한');
    expect(decodeText(Buffer.from([0x61, 0xff, 0xff, 0x80]), 'text/html')).toMatch(/^a\ufffd/);
  });

  it('is read as the prolog of a feed says', () => {
    const feed = (text: string) =>
      Buffer.concat([Buffer.from(`<?xml version="1.0" encoding="${text}"?>`), hangul]);
    for (const name of ['euc-kr', 'CP949', 'utf-8']) {
      expect(decodeText(feed(name), 'application/xml')).toMatch(/한글$/);
    }
  });

  it('stays readable around a byte that fits nothing', () => {
    const bytes = Buffer.concat([hangul, Buffer.from([0xff]), hangul]);
    for (const contentType of ['text/html; charset=euc-kr', 'text/html; charset=utf-8', 'text/html']) {
      expect(decodeText(bytes, contentType)).toBe('한글\ufffd한글');
    }
    const utf = Buffer.concat([utf8, Buffer.from([0xff]), utf8]);
    expect(decodeText(utf, 'text/html')).toBe('한글\ufffd한글');
  });
});
