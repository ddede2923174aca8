import { describe, expect, test } from 'vitest';
import { choseong, decompose, isChoseongQuery, normalizeForSearch } from './hangul.ts';

describe('choseong', () => {
  test.each([
    ['한국', 'ㅎㄱ'],
    ['서울대학교', 'ㅅㅇㄷㅎㄱ'],
    ['꽃 빵', 'ㄲ ㅃ'],
    ['한국 IT 1등!', 'ㅎㄱ IT 1ㄷ!'],
    ['ㅎ국', 'ㅎㄱ'],
    ['café', 'café'],
    ['', ''],
  ])('%s -> %s', (text, expected) => {
    expect(choseong(text)).toBe(expected);
  });

  test('takes text that came decomposed, as file names of macOS do', () => {
    expect(choseong('한국'.normalize('NFD'))).toBe('ㅎㄱ');
  });

  test('knows the first and the last syllable of the block', () => {
    expect(choseong('가힣')).toBe('ㄱㅎ');
  });
});

describe('isChoseongQuery', () => {
  test.each(['ㄱ', 'ㅅㅇㄷ', ' ㅅ ㅇ ', 'ㄲ', 'ㄳ', 'ㅎ'])('%s is one', (text) => {
    expect(isChoseongQuery(text)).toBe(true);
  });

  test.each(['', '   ', 'ㅏ', 'ㅅㅏ', '서ㅇ', 'ㅅa', 'ㅅ1', 'ㅅ.', '\u1100'])('%j is none', (text) => {
    expect(isChoseongQuery(text)).toBe(false);
  });
});

describe('normalizeForSearch', () => {
  test.each([
    ['  한국  대학교 ', '한국대학교'],
    ['R&D', 'rd'],
    ['Dong-A University', 'dongauniversity'],
    ["Women's", 'womens'],
    ['경영•경제', '경영경제'],
    ['건국대학교(글로컬)', '건국대학교글로컬'],
    ['한\u200b국', '한국'],
    ['ㅎㄱ', 'ㅎㄱ'],
    ['!!!', ''],
  ])('%j -> %j', (text, expected) => {
    expect(normalizeForSearch(text)).toBe(expected);
  });

  test('composes, so that both spellings of a syllable are one', () => {
    expect(normalizeForSearch('한국'.normalize('NFD'))).toBe('한국');
    expect(normalizeForSearch('CAFE\u0301')).toBe('café');
  });

  test('changes nothing the second time', () => {
    for (const text of ['한 국 IT', 'İstanbul', 'ÉCOLE', 'ㄳ ㅘ']) {
      expect(normalizeForSearch(normalizeForSearch(text))).toBe(normalizeForSearch(text));
    }
  });
});

describe('decompose', () => {
  test.each([
    ['한국', 'ㅎㅏㄴㄱㅜㄱ'],
    ['값', 'ㄱㅏㅂㅅ'],
    ['ㄳ', 'ㄱㅅ'],
    ['과', 'ㄱㅗㅏ'],
    ['의', 'ㅇㅡㅣ'],
    ['A 1', 'A 1'],
  ])('%s -> %s', (text, expected) => {
    expect(decompose(text)).toBe(expected);
  });

  test.each([
    ['한구', '한국'],
    ['하', '한국'],
    ['한ㄱ', '한국'],
    ['골', '고려'],
    ['과', '관광'],
    ['ㅎ', '한국'],
    ['값', '갑사'],
  ])('%s is on the way to %s', (typed, meant) => {
    expect(decompose(meant).startsWith(decompose(typed))).toBe(true);
  });

  test.each([
    ['한고', '한국'],
    ['국', '한국'],
    ['가', '까치'],
    ['애', '아이'],
  ])('%s is not on the way to %s', (typed, meant) => {
    expect(decompose(meant).startsWith(decompose(typed))).toBe(false);
  });
});
