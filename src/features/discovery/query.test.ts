import { describe, expect, it } from 'vitest';
import { toPhrase } from './query.ts';

describe('a tag as a query', () => {
  it.each([
    ['#취업', '취업'],
    ['＃인턴십', '인턴십'],
    ['site:evil.com OR x', 'evil.com x'],
    ['intitle:비밀', '비밀'],
    ['"비밀" “문서”', '비밀 문서'],
    ["rock'n'roll", 'rock n roll'],
    ['삼성 -애플', '삼성 애플'],
    ['a|b', 'a b'],
    ['(취업 AND 면접)', '취업 면접'],
    ['취\u0000업\u202e', '취 업'],
    ['a%00b', 'a b'],
    ['취업😀', '취업'],
    ['c++', 'c++'],
    ['+c', 'c'],
    ['node.js', 'node.js'],
    ['r&d', 'r&d'],
    ['100%', '100'],
    ['각', '각'],
    ['<script>', 'script'],
    ['ก็', 'ก็'],
  ])('%j asks for %j', (name, phrase) => {
    expect(toPhrase(name)).toBe(phrase);
  });

  it.each(['', '#', '😀', '👩‍👩‍👧', '%00', '"', '- - -', '+', '...', 'OR', 'site:', '\u3164', '\u0000\u0001'])(
    '%j asks for nothing',
    (name) => {
      expect(toPhrase(name)).toBeUndefined();
    },
  );

  it('of 500 characters is cut at 60, between characters', () => {
    expect(toPhrase('가'.repeat(500))).toBe('가'.repeat(60));
    expect(toPhrase(`${'a'.repeat(59)}𠀀𠀀`)).toBe(`${'a'.repeat(59)}𠀀`);
    expect(toPhrase('가나다 '.repeat(125))?.length).toBeLessThanOrEqual(60);
  });
});
