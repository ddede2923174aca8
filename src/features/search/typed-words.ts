/**
 * Names as the keys that type them. The engine cuts Korean text by a dictionary that knows no names and cannot see that
 * `골` is on the way to `고려`. So names of people, schools, departments and tags stand in the index as words of Latin
 * letters that we make: `김민수` is `xqrlaalstn` (the keys of the usual keyboard) and, by initial consonants, `xkrat`.
 * What is still being typed is then the beginning of what it will become, whatever the engine does with Korean.
 */
import { convertHangulToQwerty } from 'es-hangul';
import { choseong, decompose } from '../../platform/hangul.ts';

/** In front of keys and of initial consonants: no word of any language begins so. */
const KEYS_MARK = 'xq';
const INITIALS_MARK = 'xk';

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const HANGUL_RUN = /[가-힣ㄱ-ㅣ]+/g;
const CONSONANTS = /^[ㄱ-ㅎ]+$/;
const HANGUL_NAME = /^[가-힣]{2,5}$/;
/** Family names of two syllables (2015 census, those with more than 1,000 bearers). */
const LONG_FAMILY_NAMES = new Set(['남궁', '황보', '제갈', '사공', '선우', '서문', '독고', '동방']);

function wordsOf(text: string): string[] {
  return text.normalize('NFC').toLowerCase().match(WORD) ?? [];
}

function keysOf(hangul: string): string {
  return convertHangulToQwerty(hangul).toLowerCase();
}

/** `c언어` is `cxqdjsdj`: still a beginning for `c`, and no beginning for any Latin word. */
function spell(word: string): string {
  return word.replaceAll(HANGUL_RUN, (run) => KEYS_MARK + keysOf(run));
}

function initialsOf(word: string): string | undefined {
  return /[가-힣ㄱ-ㅎ]/.test(word) ? INITIALS_MARK + keysOf(choseong(word)) : undefined;
}

/** A query word of consonants alone means initial consonants; keyboards join two of them where they can (ㄱㅅ is ㄳ). */
function spellQuery(word: string): string {
  return CONSONANTS.test(word) ? INITIALS_MARK + keysOf(decompose(word)) : spell(word);
}

/** The words of a query, spelt. */
export function spellWords(text: string): string[] {
  return wordsOf(text).map(spellQuery);
}

/** Whether the query is nothing but initial consonants, which only names have an index of. */
export function isInitialsOnly(text: string): boolean {
  const words = wordsOf(text);
  return words.length > 0 && words.every((word) => CONSONANTS.test(word));
}

function tokensOfWord(word: string): string[] {
  return [spell(word), initialsOf(word) ?? []].flat();
}

/** Tokens of a name or a title: each word, and all of them written together. */
export function titleTokens(text: string): string[] {
  const words = wordsOf(text);
  return [...words, ...(words.length > 1 ? [words.join('')] : [])].flatMap(tokensOfWord);
}

/** Tokens of a person's name: a Korean one is found by its given name alone, and apart from the family name. */
export function nameTokens(name: string): string[] {
  const [word = '', ...others] = wordsOf(name);
  if (others.length > 0 || !HANGUL_NAME.test(word)) return titleTokens(name);
  const isLong = word.length > 2 && LONG_FAMILY_NAMES.has(word.slice(0, 2));
  const cuts = isLong ? [1, 2] : [1];
  return [word, ...cuts.flatMap((cut) => [word.slice(cut), word.slice(0, cut)])].flatMap(tokensOfWord);
}

/** Tokens that begin at every later syllable, for short lists whose entries are found by any part. */
export function fragmentTokens(text: string): string[] {
  return wordsOf(text).flatMap((word) =>
    /^[가-힣]+$/.test(word)
      ? Array.from({ length: word.length - 1 }, (_, at) => tokensOfWord(word.slice(at + 1))).flat()
      : [],
  );
}

/**
 * Whether the engine would find these tokens by these words: each word stands there whole, the last one at least begins
 * one. Names change before the index does; then the engine's word is not enough.
 */
export function isFoundBy(words: readonly string[], tokens: readonly string[]): boolean {
  const known = new Set(tokens);
  return words.every((word, at) =>
    at < words.length - 1 ? known.has(word) : tokens.some((token) => token.startsWith(word)),
  );
}

/** In UTF-16 code units. */
export type TextRange = { start: number; length: number };

/** Where a text shows the words it was found by: whole characters, from the beginning of a word or of a syllable. */
export function findTyped(text: string, words: readonly string[]): TextRange[] {
  const ranges: TextRange[] = [];
  for (const match of text.matchAll(WORD)) {
    for (const asked of words) {
      const range = findInWord(match[0], asked);
      if (range) ranges.push({ start: match.index + range.start, length: range.length });
    }
  }
  return mergeRanges(ranges);
}

function findInWord(word: string, asked: string): TextRange | undefined {
  const characters = [...word];
  for (let from = 0; from < characters.length; from += 1) {
    // Latin letters count from the beginning only: every word has an `a` somewhere.
    if (from > 0 && !/[가-힣]/.test(characters[from] ?? '')) continue;
    const rest = characters.slice(from).join('').toLowerCase();
    const isThere = [spell(rest), initialsOf(rest)].some((form) => form?.startsWith(asked));
    if (!isThere) continue;
    const start = characters.slice(0, from).join('').length;
    return { start, length: lengthFor(characters.slice(from), asked) };
  }
  return undefined;
}

/** The fewest characters that hold all that was asked for. */
function lengthFor(characters: readonly string[], asked: string): number {
  let text = '';
  for (const character of characters) {
    text += character;
    const lower = text.toLowerCase();
    if ([spell(lower), initialsOf(lower)].some((form) => form?.startsWith(asked))) break;
  }
  return text.length;
}

/** In order, those that touch made one. */
export function mergeRanges(ranges: readonly TextRange[]): TextRange[] {
  const merged: TextRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && range.start <= last.start + last.length)
      last.length = Math.max(last.length, range.start + range.length - last.start);
    else merged.push({ ...range });
  }
  return merged;
}
