/** Which documents hold which word in which attribute, found by the word, its beginning, or nearly. */
import SearchableMap from 'minisearch/SearchableMap';

/** Attributes beyond this share the last place. */
const MAX_FIELDS = 32;

/** One document's attribute that holds a word. */
export type Place = { document: number; field: number };

export type InvertedIndex = {
  /** Notes the words of one attribute of one document. Documents come in ascending order. */
  add(document: number, field: number, words: Iterable<string>): void;
  has(word: string): boolean;
  find(word: string): Iterable<Place>;
  /** Every word that begins so, the word itself included. */
  wordsWithPrefix(prefix: string): Iterable<string>;
  /** Words at most `distance` insertions, deletions and substitutions away, with how many. */
  wordsNear(word: string, distance: number): Iterable<[word: string, distance: number]>;
};

export function createInvertedIndex(): InvertedIndex {
  /** Document and field as one number: a list of plain numbers is a fifth of the memory of objects. */
  const places = new SearchableMap<number[]>();

  function* find(word: string): Iterable<Place> {
    for (const place of places.get(word) ?? [])
      yield { document: Math.floor(place / MAX_FIELDS), field: place % MAX_FIELDS };
  }

  return {
    add(document, field, words) {
      const place = document * MAX_FIELDS + Math.min(field, MAX_FIELDS - 1);
      for (const word of words) {
        if (word === '') continue;
        const list = places.fetch(word, () => []);
        if (list.at(-1) !== place) list.push(place);
      }
    },
    has: (word) => word !== '' && places.has(word),
    find,
    wordsWithPrefix: (prefix) => places.atPrefix(prefix).keys(),
    *wordsNear(word, distance) {
      for (const [near, [, steps]] of places.fuzzyGet(word, distance)) yield [near, steps];
    },
  };
}
