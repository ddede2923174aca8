/** One index: its documents, its settings, and the words of what is searchable. */
import type { Document } from './documents.ts';
import { EngineError } from './errors.ts';
import { createInvertedIndex, type InvertedIndex } from './inverted-index.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { cutIntoWords, normalizeWord, textsOf, type Word } from './words.ts';

const DOCUMENT_ID = /^[A-Za-z0-9_-]{1,511}$/;

export type SearchIndex = {
  uid: string;
  createdAt: string;
  updatedAt: string;
  primaryKey: string | null;
  settings: Settings;
  readonly size: number;
  setSettings(settings: Settings): void;
  /** Puts documents in, whole (`replace`) or by the fields they name. Throws for one without a usable id. */
  put(documents: readonly Document[], mode: 'replace' | 'update'): void;
  /** Answers how many there were. */
  remove(ids: readonly string[]): number;
  clear(): number;
  get(id: string): Document | undefined;
  all(): Iterable<Document>;
  /** Attributes in the order of their weight. */
  searchable(): readonly string[];
  words(): InvertedIndex;
  /** A document by the number under which its words are noted; undefined once it is replaced or gone. */
  byNumber(number: number): Document | undefined;
  numbers(): Iterable<number>;
  /** One more than the greatest number. */
  numberBound(): number;
  /** By the words of a name: the words of what it means as well. */
  synonyms(): ReadonlyMap<string, string[][]>;
  /** Words of one attribute's text that count, stop words left out. */
  wordsOf(text: string): Word[];
};

export function createSearchIndex(uid: string, primaryKey: string | null, now: string): SearchIndex {
  let kept = new Map<string, number>();
  let byNumber: (Document | undefined)[] = [];
  let words = createInvertedIndex();
  let searchable: string[] = [];
  let stopWords = new Set<string>();
  let synonyms: Map<string, string[][]> | undefined;
  /** Words are noted when they are first asked for: documents that come before their settings are not read twice. */
  let noted = 0;

  function startOver(): void {
    const documents = [...kept.values()].map((number) => byNumber[number]);
    byNumber = documents;
    kept = new Map(documents.map((document, number) => [idOf(document ?? {}), number]));
    words = createInvertedIndex();
    noted = 0;
    stopWords = new Set(index.settings.stopWords.map(normalizeWord));
    synonyms = undefined;
  }

  function idOf(document: Document): string {
    return String(document[index.primaryKey ?? 'id']);
  }

  function listSearchable(): string[] {
    const { searchableAttributes } = index.settings;
    if (!searchableAttributes.includes('*')) return searchableAttributes;
    return [...new Set(byNumber.flatMap((document) => Object.keys(document ?? {})))];
  }

  function note(): void {
    if (noted === byNumber.length) return;
    // `*` takes in the attributes of new documents, which moves none of those before.
    searchable = index.settings.searchableAttributes.includes('*')
      ? [...new Set([...searchable, ...listSearchable()])]
      : index.settings.searchableAttributes;
    for (; noted < byNumber.length; noted += 1) {
      const document = byNumber[noted];
      if (!document) continue;
      for (const [field, attribute] of searchable.entries()) {
        for (const text of textsOf(document[attribute]))
          words.add(
            noted,
            field,
            index.wordsOf(text).map((word) => word.text),
          );
      }
    }
  }

  function readSynonyms(): Map<string, string[][]> {
    const textsOfWords = (text: string) => index.wordsOf(text).map((word) => word.text);
    return new Map(
      Object.entries(index.settings.synonyms).map(([name, others]) => [
        textsOfWords(name).join(' '),
        others.map(textsOfWords).filter((parts) => parts.length > 0),
      ]),
    );
  }

  function choosePrimaryKey(documents: readonly Document[]): void {
    if (index.primaryKey !== null) return;
    const [candidate, ...others] = Object.keys(documents[0] ?? {}).filter((name) => /id$/i.test(name));
    if (candidate === undefined || others.length > 0)
      throw new EngineError(
        'index_primary_key_no_candidate_found',
        'The primary key inference failed as the engine did not find one field ending with `id` in its name.',
      );
    index.primaryKey = candidate;
  }

  function requireIds(documents: readonly Document[]): void {
    const key = index.primaryKey ?? 'id';
    for (const document of documents) {
      const id = document[key];
      if (id === undefined)
        throw new EngineError(
          'missing_document_id',
          `Document doesn't have a \`${key}\` attribute: \`${JSON.stringify(document)}\`.`,
        );
      const isFine = (typeof id === 'string' || Number.isInteger(id)) && DOCUMENT_ID.test(String(id));
      if (!isFine)
        throw new EngineError(
          'invalid_document_id',
          `Document identifier \`${JSON.stringify(id)}\` is invalid.`,
        );
    }
  }

  const index: SearchIndex = {
    uid,
    createdAt: now,
    updatedAt: now,
    primaryKey,
    settings: defaultSettings(),
    get size() {
      return kept.size;
    },
    setSettings(settings) {
      index.settings = settings;
      searchable = [];
      startOver();
    },
    put(documents, mode) {
      choosePrimaryKey(documents);
      requireIds(documents);
      for (const document of documents) {
        const id = idOf(document);
        const before = index.get(id);
        const place = kept.get(id);
        if (place !== undefined) byNumber[place] = undefined;
        kept.set(id, byNumber.length);
        byNumber.push(structuredClone(mode === 'update' ? { ...before, ...document } : document));
      }
      if (byNumber.length > 1000 && byNumber.length > 2 * kept.size) startOver();
    },
    remove(ids) {
      let count = 0;
      for (const id of ids) {
        const place = kept.get(id);
        if (place === undefined) continue;
        byNumber[place] = undefined;
        kept.delete(id);
        count += 1;
      }
      return count;
    },
    clear() {
      const count = kept.size;
      kept = new Map();
      startOver();
      return count;
    },
    get(id) {
      const place = kept.get(id);
      return place === undefined ? undefined : byNumber[place];
    },
    *all() {
      for (const place of kept.values()) {
        const document = byNumber[place];
        if (document) yield document;
      }
    },
    searchable() {
      note();
      return searchable;
    },
    words() {
      note();
      return words;
    },
    byNumber: (number) => byNumber[number],
    *numbers() {
      for (const [number, document] of byNumber.entries()) if (document) yield number;
    },
    numberBound: () => byNumber.length,
    synonyms: () => (synonyms ??= readSynonyms()),
    wordsOf: (text) => cutIntoWords(text).filter((word) => !stopWords.has(word.text)),
  };
  return index;
}
