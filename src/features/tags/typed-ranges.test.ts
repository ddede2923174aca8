import { assemble } from 'es-hangul';
import { describe, expect, it } from 'vitest';
import { choseong, decompose } from '../../platform/hangul.ts';
import { choseongRange, typedRanges, type TextRange } from './typed-ranges.ts';

const WORDS = [
  '캡스톤디자인',
  '공모전',
  '과제',
  '고려대',
  '값',
  '닭갈비',
  '달걀',
  '앉다',
  '의료',
  '귀농',
  '괜찮아',
  '넋두리',
  '몫',
  '해커톤',
  '뮤지컬',
  '힣힣',
  '까치',
  '있다',
  '싹쓸이',
  'c언어',
  'ui디자인',
  '3d프린팅',
  '읽기',
  '없는게메리트',
  '쫓다',
];

/** As MySQL compares: by code points. */
function compare(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (const [index, character] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function holds({ from, to }: TextRange, word: string): boolean {
  return compare(from, word) <= 0 && compare(word, to) < 0;
}

function isFound(typed: string, word: string): boolean {
  const initials = choseongRange(typed);
  return (
    typedRanges(typed).some((range) => holds(range, word)) ||
    (initials !== undefined && holds(initials.choseong, choseong(word)) && holds(initials.name, word))
  );
}

describe('a word being typed', () => {
  it.each(WORDS)('%s is found after every key', (word) => {
    const keys = [...decompose(word)];
    for (let count = 1; count <= keys.length; count += 1) {
      const typed = assemble(keys.slice(0, count));
      // A vowel typed alone starts no syllable: nobody types a word that way.
      expect(isFound(typed, word), `${typed} of ${word}`).toBe(true);
    }
  });

  it('is not found after a wrong key', () => {
    const misses = WORDS.flatMap((word) =>
      WORDS.filter((other) => isFound(other, word) && !word.startsWith(other)),
    );
    expect(misses).toEqual([]);
    const wrong: [string, string][] = [
      ['곡', '과제'],
      ['고', '거제'],
      ['골', '고사'],
      ['캡슷', '캡스톤'],
      ['닭', '달나라'],
      ['ㅋ', '공모전'],
      ['a', 'b'],
      ['갇', '각'],
      ['의', '으리'],
    ];
    for (const [typed, word] of wrong) expect(isFound(typed, word), `${typed} ${word}`).toBe(false);
  });
});

describe('initial consonants', () => {
  it('find words alone, in pairs that the keyboard joins, and after whole syllables', () => {
    for (const typed of ['ㅋ', 'ㅋㅅ', 'ㅋㅅㅌ', 'ㅋㅅㅌㄷㅈㅇ', '캡ㅅ', '캡ㅅㅌ', '캡스ㅌㄷ']) {
      expect(isFound(typed, '캡스톤디자인'), typed).toBe(true);
    }
    // ㄱ and ㅅ typed one after the other become ㄳ.
    expect(isFound('ㄳ', '감사')).toBe(true);
    expect(isFound('ㅋㅋ', 'ㅋㅋㅋ')).toBe(true);
    for (const typed of ['ㅅㅌ', '캄ㅅ', 'ㅋㅅㅌㅌ', '캡ㅌ'])
      expect(isFound(typed, '캡스톤디자인'), typed).toBe(false);
  });

  it('are not looked for in other text', () => {
    expect(choseongRange('캡스')).toBeUndefined();
    expect(choseongRange('')).toBeUndefined();
  });
});
