import { describe, expect, it } from 'vitest';
import { cleanLine, cleanMarkup, cutLine, stripTags } from './clean-text.ts';

describe('a line of text', () => {
  it('11: has no control, direction or invisible characters, and is valid UTF-8', () => {
    expect(cleanLine('a\u0000\u0007\u0085b\u202ec\u2066\u200b\ufeff\u00add\u{e0041}', 50)).toBe('abcd');
    expect(cleanLine('한\ud800글\udc00', 50)).toBe('한글');
    expect(cleanLine('  \n여러\t\u00a0줄\u2028 ', 50)).toBe('여러 줄');
    expect(cleanLine('\u200b\u3164 \u2800', 50)).toBe('');
    expect(cleanMarkup('&#0;&#x110000;&#xd800;끝', 50)).toBe('\ufffd\ufffd\ufffd끝');
    expect(cleanMarkup('&#x202e;&#8203;끝', 50)).toBe('끝');
  });

  it('keeps joiners within emoji and nowhere else', () => {
    expect(cleanLine('👩‍💻 👩🏽‍💻 ❤️‍🔥', 50)).toBe('👩‍💻 👩🏽‍💻 ❤️‍🔥');
    expect(cleanLine('가\u200d나 👩\u200d \u200d💻', 50)).toBe('가나 👩 💻');
  });

  it('is composed, and marks do not pile up', () => {
    expect(cleanLine('\u1112\u1161\u11ab', 50)).toBe('한');
    expect([...cleanLine(`a${'\u0316\u0301'.repeat(500)}`, 50)].length).toBeLessThan(12);
  });

  it('14: is cut by code points', () => {
    expect(cutLine('😀'.repeat(300), 300)).toBe('😀'.repeat(300));
    const cut = cutLine('😀'.repeat(301), 300);
    expect([...cut]).toHaveLength(300);
    expect(cut.endsWith('😀…')).toBe(true);
    expect([...cleanLine('가'.repeat(10_000), 300)]).toHaveLength(300);
    expect(cutLine('👩‍💻👩‍💻', 3)).toBe('👩…');
  });

  it('13: entities are resolved once', () => {
    expect(cleanMarkup('&amp;amp;quot; &amp;lt;b&amp;gt;', 50)).toBe('&amp;quot; &lt;b&gt;');
    expect(cleanMarkup('R&D Q&A &nbsp;&#39;a&#39; AT&amp;T', 50)).toBe("R&D Q&A 'a' AT&T");
  });

  it('26: tags go before entities are resolved; other angle brackets are text', () => {
    expect(cleanMarkup('<b>Hello</b>, <잠> &lt;b&gt; 3<5 C++ <vector> List&lt;String&gt;', 60)).toBe(
      'Hello, <잠> <b> 3<5 C++ <vector> List<String>',
    );
    expect(cleanMarkup('한<br/>줄<p class="x">둘</p>', 50)).toBe('한 줄 둘');
    expect(stripTags('<script src=x>alert(1)</script><IMG SRC=x onerror=y><a href="z">')).toBe('alert(1)');
    expect(stripTags('<b<b<b <')).toBe('<b<b<b <');
  });
});
