import { describe, expect, it } from 'vitest';
import {
  findTyped,
  fragmentTokens,
  isFoundBy,
  isInitialsOnly,
  nameTokens,
  spellWords,
  titleTokens,
} from './typed-words.ts';

describe('a name', () => {
  it.each([
    '김민수',
    '김민',
    '김미',
    '기',
    'ㄱ',
    'ㄱㅁㅅ',
    'ㄱㅁ',
    '김민ㅅ',
    '민수',
    '민ㅅ',
    'ㅁㅅ',
    '김 민수',
    '민수 김',
    '김민수'.normalize('NFD'),
  ])('김민수 is found by %s', (query) => {
    expect(isFoundBy(spellWords(query), nameTokens('김민수'))).toBe(true);
  });

  it.each(['김수민', '이민수', 'ㄱㅅㅁ', '수', '김민수아', 'rlaalstn', '민 김수'])(
    '김민수 is not found by %s',
    (query) => {
      expect(isFoundBy(spellWords(query), nameTokens('김민수'))).toBe(false);
    },
  );

  it('of a family name with two syllables is found by either reading', () => {
    for (const query of ['제갈량', '량', '갈량', '제갈 량', 'ㅈㄱㄹ'])
      expect(isFoundBy(spellWords(query), nameTokens('제갈량')), query).toBe(true);
    expect(isFoundBy(spellWords('진'), nameTokens('선우진'))).toBe(true);
  });

  it('in Latin letters is found by its words', () => {
    expect(isFoundBy(spellWords('smi'), nameTokens('John Smith'))).toBe(true);
    expect(isFoundBy(spellWords('SMITH john'), nameTokens('John Smith'))).toBe(true);
    expect(isFoundBy(spellWords('mith'), nameTokens('John Smith'))).toBe(false);
  });
});

describe('a title', () => {
  it.each([
    ['고려대학교', '골'],
    ['고려대학교', '고려대'],
    ['건국대학교 글로컬', '건국대학교글로'],
    ['C언어', 'c'],
    ['C언어', 'c언'],
    ['3D프린팅', '3d프린ㅌ'],
    ['과제', '고'],
    ['값', '갑'],
    ['ㅋㅋ', 'ㅋ'],
  ])('%s is found by %s', (title, query) => {
    expect(isFoundBy(spellWords(query), titleTokens(title))).toBe(true);
  });

  it('keeps keys apart from words that look alike', () => {
    expect(isFoundBy(spellWords('go'), titleTokens('해커톤'))).toBe(false);
    expect(isFoundBy(spellWords('해'), titleTokens('go'))).toBe(false);
  });

  it('is found by a part where its parts are noted', () => {
    expect(isFoundBy(spellWords('과학기술'), fragmentTokens('서울과학기술대학교'))).toBe(true);
    expect(isFoundBy(spellWords('ㄱㅎㄱㅅ'), fragmentTokens('서울과학기술대학교'))).toBe(true);
  });
});

it('initial consonants alone are told from text', () => {
  expect(['ㄱ', 'ㄱㅁ ㅅ', 'ㄳ'].map(isInitialsOnly)).toEqual([true, true, true]);
  expect(['김', 'ㄱ김', 'ㅏ', 'a', '', '!'].map(isInitialsOnly)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});

describe('what is shown as found', () => {
  const shown = (text: string, query: string) =>
    findTyped(text, spellWords(query)).map(({ start, length }) => text.slice(start, start + length));

  it.each([
    ['김민수', '김민ㅅ', ['김민수']],
    ['김민수', '민', ['민']],
    ['김민수', 'ㄱㅁ', ['김민']],
    ['고려대학교', '골', ['고려']],
    ['연세대학교', '대학', ['대학']],
    ['Yonsei University', 'uni', ['Uni']],
    ['3D프린팅', '3d프', ['3D프']],
    ['김민수 연세', '연세 김', ['김', '연세']],
    ['아무개', '김', []],
  ])('%s by %s', (text, query, parts) => {
    expect(shown(text, query)).toEqual(parts);
  });

  it('counts code units', () => {
    expect(findTyped('🎨 디자인', spellWords('디자'))).toEqual([{ start: 3, length: 2 }]);
  });
});
