/** A query as the words to look for, and which documents hold which of them. */
import type { SearchIndex } from './search-index.ts';
import { cutIntoWords, normalizeWord, type Word } from './words.ts';

/** What is left of a longer query is not looked at. */
const MAX_WORDS = 10;

/** How well a document holds one word of the query; smaller is better in each. */
export type Hold = { typos: number; field: number; inexact: number };

export type QueryWord = Word & { isPrefix: boolean; maxTypos: number };

export type Query = {
  words: QueryWord[];
  /** By word of the query: the documents that hold it. */
  holds: Map<number, Hold>[];
  /** Every word of the index that stands for the query's words, and how many characters of it were asked for. */
  matched: Map<string, number>;
};

/** `fields`: the attributes to look in, as places in the order of weight; undefined for all. */
export function readQuery(index: SearchIndex, text: string, fields: ReadonlySet<number> | undefined): Query {
  const words = cutQuery(index, text);
  const query: Query = { words, holds: words.map(() => new Map()), matched: new Map() };
  const look = createLook(index, fields);
  for (const [at, word] of words.entries()) {
    look.single(query, [at], word.text, word);
    for (const parts of look.splits(word)) look.together(query, [at], parts, 1);
    for (const parts of synonymsOf(index, [word])) look.together(query, [at], parts, 0);
    for (const length of [2, 3]) {
      const group = words.slice(at, at + length);
      if (group.length < length) continue;
      const covered = group.map((_, offset) => at + offset);
      const joined = group.map((one) => one.text).join('');
      const isPrefix = group.at(-1)?.isPrefix ?? false;
      look.single(query, covered, joined, { ...word, text: joined, isPrefix, maxTypos: 0 });
      for (const parts of synonymsOf(index, group)) look.together(query, covered, parts, 0);
    }
  }
  return query;
}

/** Stop words go, unless the last word is one that may still be going on. */
function cutQuery(index: SearchIndex, text: string): QueryWord[] {
  const { stopWords, typoTolerance, prefixSearch } = index.settings;
  const stops = new Set(stopWords.map(normalizeWord));
  const all = cutIntoWords(text);
  const last = all.at(-1);
  const isOpen = last !== undefined && text.slice(last.end) === '';
  return all
    .filter((word) => !stops.has(word.text) || (word === last && isOpen))
    .slice(0, MAX_WORDS)
    .map((word) => ({
      ...word,
      isPrefix: word === last && isOpen && prefixSearch !== 'disabled',
      maxTypos: countTypos(word.text, typoTolerance),
    }));
}

function countTypos(word: string, tolerance: SearchIndex['settings']['typoTolerance']): number {
  const { enabled, minWordSizeForTypos, disableOnWords, disableOnNumbers } = tolerance;
  if (!enabled || disableOnWords.map(normalizeWord).includes(word)) return 0;
  if (disableOnNumbers && /^\d+$/.test(word)) return 0;
  const length = [...word].length;
  if (length < minWordSizeForTypos.oneTypo) return 0;
  return length < minWordSizeForTypos.twoTypos ? 1 : 2;
}

/** What a word, or several in a row, are said to mean as well. */
function synonymsOf(index: SearchIndex, group: readonly Word[]): string[][] {
  return index.synonyms().get(group.map((word) => word.text).join(' ')) ?? [];
}

function createLook(index: SearchIndex, fields: ReadonlySet<number> | undefined) {
  const dictionary = index.words();
  const strict = new Set(
    index
      .searchable()
      .flatMap((attribute, field) =>
        index.settings.typoTolerance.disableOnAttributes.includes(attribute) ? field : [],
      ),
  );

  function keep(query: Query, covered: readonly number[], document: number, hold: Hold): void {
    for (const at of covered) {
      const holds = query.holds[at];
      const known = holds?.get(document);
      if (!known || compareHolds(hold, known) < 0) holds?.set(document, hold);
    }
  }

  function collect(
    query: Query,
    covered: readonly number[],
    found: string,
    asked: string,
    typos: number,
  ): void {
    const inexact = found === asked ? 0 : 1;
    query.matched.set(
      found,
      Math.max(query.matched.get(found) ?? 0, typos > 0 ? found.length : asked.length),
    );
    for (const { document, field } of dictionary.find(found)) {
      if (index.byNumber(document) === undefined || (fields && !fields.has(field))) continue;
      if (typos > 0 && strict.has(field)) continue;
      keep(query, covered, document, { typos, field, inexact });
    }
  }

  /** The word itself, what begins with it, what is nearly it. */
  function single(query: Query, covered: readonly number[], asked: string, word: QueryWord): void {
    if (dictionary.has(asked)) collect(query, covered, asked, asked, 0);
    if (word.isPrefix) {
      for (const found of dictionary.wordsWithPrefix(asked)) collect(query, covered, found, asked, 0);
    }
    if (word.maxTypos === 0) return;
    for (const [found, typos] of dictionary.wordsNear(asked, word.maxTypos)) {
      if (typos > 0) collect(query, covered, found, asked, typos);
    }
  }

  function documentsWith(part: string): Map<number, number> {
    const documents = new Map<number, number>();
    for (const { document, field } of dictionary.find(part)) {
      if (index.byNumber(document) !== undefined && (!fields || fields.has(field)))
        documents.set(document, Math.min(field, documents.get(document) ?? field));
    }
    return documents;
  }

  /** Several words that stand for the asked one: all of them have to be there. */
  function together(query: Query, covered: readonly number[], parts: readonly string[], typos: number): void {
    const [first, ...rest] = parts.map(documentsWith);
    if (!first) return;
    let isFound = false;
    for (const [document, field] of first) {
      if (!rest.every((others) => others.has(document))) continue;
      isFound = true;
      keep(query, covered, document, { typos, field, inexact: 1 });
    }
    if (isFound) for (const part of parts) query.matched.set(part, part.length);
  }

  /** Two words of the index that the asked one may be written together from. */
  function splits(word: QueryWord): string[][] {
    const syllables = word.text.normalize('NFC');
    const pairs = Array.from({ length: Math.max(0, syllables.length - 1) }, (_, at) =>
      [syllables.slice(0, at + 1), syllables.slice(at + 1)].map(normalizeWord),
    );
    return pairs.filter((pair) => pair.every((part) => dictionary.has(part)));
  }

  return { single, together, splits };
}

function compareHolds(a: Hold, b: Hold): number {
  return a.typos - b.typos || a.field - b.field || a.inexact - b.inexact;
}
