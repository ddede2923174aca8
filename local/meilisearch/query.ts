/** A query as the words to look for, and which documents hold which of them. */
import { documentOf, fieldOf, type Places } from './inverted-index.ts';
import type { SearchIndex } from './search-index.ts';
import { cutIntoWords, normalizeWord, type Word } from './words.ts';

/** What is left of a longer query is not looked at. */
const MAX_WORDS = 10;

export type QueryWord = Word & { isPrefix: boolean; maxTypos: number };

export type Query = {
  words: QueryWord[];
  /** By word of the query. */
  holds: Holds[];
  /** Every word of the index that stands for the query's words, and how many characters of it were asked for. */
  matched: Map<string, number>;
};

/** How well documents hold one word of the query: fewer typos, then an earlier attribute, then the very word. */
export type Holds = {
  /** Every document that holds it, once. */
  documents: number[];
  /** 0 when the document does not hold it; else read by `typosOf`, `fieldOfHold` and `inexactOf`. */
  of(document: number): number;
  keep(document: number, typos: number, field: number, inexact: number): void;
};

/** The three in one number, smaller being better, by the document's number; 0 is none. */
function createHolds(size: number): Holds {
  const best = new Uint32Array(size);
  const documents: number[] = [];
  return {
    documents,
    of: (document) => best[document] ?? 0,
    keep(document, typos, field, inexact) {
      const packed = ((typos << 7) | (field << 1) | inexact) + 1;
      const known = best[document] ?? 0;
      if (known === 0) documents.push(document);
      if (known === 0 || packed < known) best[document] = packed;
    },
  };
}

export function typosOf(hold: number): number {
  return (hold - 1) >> 7;
}

export function fieldOfHold(hold: number): number {
  return ((hold - 1) >> 1) & 63;
}

export function inexactOf(hold: number): number {
  return (hold - 1) & 1;
}

/** `fields`: the attributes to look in, as places in the order of weight; undefined for all. */
export function readQuery(index: SearchIndex, text: string, fields: ReadonlySet<number> | undefined): Query {
  const words = cutQuery(index, text);
  const look = createLook(index, fields);
  const query: Query = {
    words,
    holds: words.map(() => createHolds(index.numberBound())),
    matched: new Map(),
  };
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

  function collect(
    query: Query,
    covered: readonly number[],
    [found, places]: readonly [string, Places],
    asked: string,
    typos: number,
  ): void {
    const inexact = found === asked ? 0 : 1;
    const length = typos > 0 ? found.length : asked.length;
    query.matched.set(found, Math.max(query.matched.get(found) ?? 0, length));
    for (const place of places) {
      const document = documentOf(place);
      const field = fieldOf(place);
      if (index.byNumber(document) === undefined || (fields && !fields.has(field))) continue;
      if (typos > 0 && strict.has(field)) continue;
      for (const at of covered) query.holds[at]?.keep(document, typos, field, inexact);
    }
  }

  /** The word itself, what begins with it, what is nearly it. */
  function single(query: Query, covered: readonly number[], asked: string, word: QueryWord): void {
    const same = dictionary.find(asked);
    if (same) collect(query, covered, [asked, same], asked, 0);
    if (word.isPrefix) {
      for (const entry of dictionary.withPrefix(asked)) collect(query, covered, entry, asked, 0);
    }
    if (word.maxTypos === 0) return;
    for (const [found, places, typos] of dictionary.near(asked, word.maxTypos)) {
      if (typos > 0) collect(query, covered, [found, places], asked, typos);
    }
  }

  function documentsWith(part: string): Map<number, number> {
    const documents = new Map<number, number>();
    for (const place of dictionary.find(part) ?? []) {
      const [document, field] = [documentOf(place), fieldOf(place)];
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
      for (const at of covered) query.holds[at]?.keep(document, typos, field, 1);
    }
    if (isFound) for (const part of parts) query.matched.set(part, part.length);
  }

  /** Two words of the index that the asked one may be written together from. */
  function splits(word: QueryWord): string[][] {
    const syllables = word.text.normalize('NFC');
    const pairs = Array.from({ length: Math.max(0, syllables.length - 1) }, (_, at) =>
      [syllables.slice(0, at + 1), syllables.slice(at + 1)].map(normalizeWord),
    );
    return pairs.filter((pair) => pair.every((part) => dictionary.find(part)));
  }

  return { single, together, splits };
}
