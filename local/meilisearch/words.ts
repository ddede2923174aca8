/**
 * Text as words, the way Meilisearch's tokenizer goes about it: cut at separators and where the script changes, then
 * NFKD (a Hangul syllable becomes its two or three jamo) and lower case. The real engine cuts Korean by a dictionary;
 * here only particles and the commonest endings are cut off.
 */

export type Word = {
  /** Normalised. */
  text: string;
  /** Where it stands in the original, in UTF-16 code units. */
  start: number;
  end: number;
  /** Counts on by one a word, by eight over the end of a sentence. */
  position: number;
};

const RUN = /[\p{L}\p{N}\p{M}]+/gu;
const SCRIPT_PART = /[\p{Script=Hangul}]+|[^\p{Script=Hangul}]+/gu;
/** Between them a sentence or an enumeration ends. */
const HARD_SEPARATOR = /[.,;:!?()[\]{}|\n\r]/u;
const HARD_STEP = 8;

/** Longest first. */
const ENDINGS = (
  '되었습니다 됐습니다 했습니다 에서는 으로는 에게서 입니다 합니다 하면서 에서 에게 까지 부터 으로 처럼 보다 이나 이랑 하고 하는 하기 하며 ' +
  '되는 되어 됐다 했던 했다 이다 을 를 이 가 은 는 의 에 도 와 과 로 만 한 할'
).split(' ');
/** Syllables that must be left of a word: 회의 is no 회. */
const SHORTEST_STEM = 2;

/** The form in which words are compared. */
export function normalizeWord(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
}

/** The words of a text in order. */
export function cutIntoWords(text: string): Word[] {
  const words: Word[] = [];
  let position = -1;
  let last = 0;
  for (const run of text.matchAll(RUN)) {
    const isAfterSentence = words.length > 0 && HARD_SEPARATOR.test(text.slice(last, run.index));
    let step = isAfterSentence ? HARD_STEP : 1;
    for (const part of run[0].matchAll(SCRIPT_PART)) {
      for (const piece of cutKorean(part[0])) {
        const start = run.index + part.index + piece.at;
        const normalized = normalizeWord(piece.text);
        if (normalized === '') continue;
        position += step;
        step = 1;
        words.push({ text: normalized, start, end: start + piece.text.length, position });
      }
    }
    last = run.index + run[0].length;
  }
  return words;
}

function cutKorean(text: string): { text: string; at: number }[] {
  const ending = ENDINGS.find((end) => text.length >= end.length + SHORTEST_STEM && text.endsWith(end));
  if (ending === undefined) return [{ text, at: 0 }];
  const stem = text.slice(0, -ending.length);
  return [
    { text: stem, at: 0 },
    { text: ending, at: stem.length },
  ];
}

/** The texts of a document's attribute: a text itself, numbers and booleans as text, lists and objects by their leaves. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsOf);
  return [];
}
