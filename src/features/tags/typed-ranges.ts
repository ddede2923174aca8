import { choseong, decompose } from '../../platform/hangul.ts';

/** Texts from `from` on and before `to`, in the order of code points. */
export type TextRange = { from: string; to: string };

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS_A_VOWEL = 28;
const SYLLABLES_AN_INITIAL = 21 * FINALS_A_VOWEL;
const INITIALS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const FINALS = ' ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ';
/** The last vowel that a vowel can still become: ㅗ grows to ㅘ ㅙ ㅚ, ㅜ to ㅝ ㅞ ㅟ, ㅡ to ㅢ. By number. */
const VOWEL_GROWS_TO = new Map([
  [8, 11],
  [13, 16],
  [18, 19],
]);
/** The same of final consonants: ㄱ grows to ㄳ, ㄴ to ㄵ ㄶ, ㄹ to ㄺ … ㅀ, ㅂ to ㅄ. */
const FINAL_GROWS_TO = new Map([
  [1, 3],
  [4, 6],
  [8, 15],
  [17, 18],
]);
const LAST_CHARACTER = '\u{10ffff}';
const TRAILING_CONSONANTS = /[ㄱ-ㅎ]+$/;

/**
 * Where the words lie that `text` can be the beginning of while it is still being typed. A syllable may yet grow (`고`
 * of `과제` and of `공모전`), and its last consonant may belong to the next one (`골` of `고려`).
 */
export function typedRanges(text: string): TextRange[] {
  const characters = [...text];
  const last = characters.pop() ?? '';
  const stem = characters.join('');
  const code = last.codePointAt(0) ?? 0;
  if (code < FIRST_SYLLABLE || code > LAST_SYLLABLE) return [startingWith(text)];
  const index = code - FIRST_SYLLABLE;
  const final = index % FINALS_A_VOWEL;
  if (final === 0) {
    const vowel = Math.floor(index / FINALS_A_VOWEL) % 21;
    const vowels = (VOWEL_GROWS_TO.get(vowel) ?? vowel) - vowel + 1;
    return [{ from: text, to: stem + syllable(index + vowels * FINALS_A_VOWEL) }];
  }
  const finals = (FINAL_GROWS_TO.get(final) ?? final) - final + 1;
  const consonants = [...decompose(FINALS[final] ?? '')];
  const moved = consonants.pop() ?? '';
  const remaining = FINALS.indexOf(consonants.join('') || ' ');
  return [
    { from: text, to: stem + syllable(index + finals) },
    startingWithInitial(stem + syllable(index - final + remaining), moved),
  ];
}

/**
 * For text that ends in consonants: where words lie whose initial consonants (초성) go on with those (`ㅋㅅㅌ`, `캡ㅅㅌ`
 * of `캡스톤`), and the whole syllables that they begin with. Undefined for other text.
 */
export function choseongRange(text: string): { choseong: TextRange; name: TextRange } | undefined {
  const tail = TRAILING_CONSONANTS.exec(text)?.[0];
  if (tail === undefined) return undefined;
  const head = text.slice(0, text.length - tail.length);
  return { choseong: startingWith(choseong(head) + decompose(tail)), name: startingWith(head) };
}

function startingWith(text: string): TextRange {
  return { from: text, to: text + LAST_CHARACTER };
}

function startingWithInitial(stem: string, initial: string): TextRange {
  const index = INITIALS.indexOf(initial) * SYLLABLES_AN_INITIAL;
  return { from: stem + syllable(index), to: stem + syllable(index + SYLLABLES_AN_INITIAL) };
}

/** One past the last syllable is a bound, too. */
function syllable(index: number): string {
  return String.fromCodePoint(FIRST_SYLLABLE + index);
}
