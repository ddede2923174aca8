/** Which documents hold which word in which attribute, found by the word, its beginning, or nearly. */
import SearchableMap from 'minisearch/SearchableMap';

/** Attributes beyond the 32nd share its place. */
const FIELD_BITS = 5;
const LAST_FIELD = (1 << FIELD_BITS) - 1;

/**
 * The attributes of documents that hold a word. Each is document and attribute in one number, read by `documentOf` and
 * `fieldOf`: a list of plain numbers is a fifth of the memory of objects, and as many times quicker to walk.
 */
export type Places = readonly number[];

export function documentOf(place: number): number {
  return place >>> FIELD_BITS;
}

export function fieldOf(place: number): number {
  return place & LAST_FIELD;
}

export type InvertedIndex = {
  /** Notes the words of one attribute of one document. Documents come in ascending order. */
  add(document: number, field: number, words: Iterable<string>): void;
  find(word: string): Places | undefined;
  /** Every word that begins so, the word itself included. */
  withPrefix(prefix: string): Iterable<[word: string, places: Places]>;
  /** Words at most `distance` insertions, deletions and substitutions away, with how many. */
  near(word: string, distance: number): Iterable<[word: string, places: Places, distance: number]>;
};

export function createInvertedIndex(): InvertedIndex {
  const places = new SearchableMap<number[]>();
  return {
    add(document, field, words) {
      const place = (document << FIELD_BITS) | Math.min(field, LAST_FIELD);
      for (const word of words) {
        if (word === '') continue;
        const list = places.fetch(word, () => []);
        if (list.at(-1) !== place) list.push(place);
      }
    },
    find: (word) => (word === '' ? undefined : places.get(word)),
    withPrefix: (prefix) => places.atPrefix(prefix).entries(),
    *near(word, distance) {
      for (const [found, [list, steps]] of places.fuzzyGet(word, distance)) yield [found, list, steps];
    },
  };
}
