/** Marks in a document's texts what the query was found by. */
import type { Document } from './documents.ts';
import type { Query } from './query.ts';
import type { SearchIndex } from './search-index.ts';
import { isAmong } from './settings.ts';
import { cutIntoWords, normalizeWord, type Word } from './words.ts';

type Range = { start: number; end: number };

export type Tags = { pre: string; post: string };

/** The document with every match in `attributes` between the tags; numbers become text, as the engine does. */
export function highlight(
  index: SearchIndex,
  query: Query,
  document: Document,
  attributes: readonly string[],
  tags: Tags,
): Document {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [
      name,
      mapTexts(value, (text) => (isAmong(name, attributes) ? mark(index, query, text, name, tags) : text)),
    ]),
  );
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value === 'number') return change(String(value));
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapTexts(one, change)]));
  return value;
}

function mark(index: SearchIndex, query: Query, text: string, attribute: string, tags: Tags): string {
  let marked = '';
  let last = 0;
  for (const { start, end } of findMatches(index, query, text, attribute)) {
    marked += text.slice(last, start) + tags.pre + text.slice(start, end) + tags.post;
    last = end;
  }
  return marked + text.slice(last);
}

/** Where each attribute matches, in UTF-8 bytes. */
export function findPositions(
  index: SearchIndex,
  query: Query,
  document: Document,
): Record<string, { start: number; length: number; indices?: number[] }[]> {
  const found: Record<string, { start: number; length: number; indices?: number[] }[]> = {};
  for (const [name, value] of Object.entries(document)) {
    const texts = [value].flat();
    const positions = texts.flatMap((text, at) =>
      typeof text !== 'string'
        ? []
        : findMatches(index, query, text, name).map(({ start, end }) => ({
            start: Buffer.byteLength(text.slice(0, start)),
            length: Buffer.byteLength(text.slice(start, end)),
            ...(Array.isArray(value) && { indices: [at] }),
          })),
    );
    if (positions.length > 0) found[name] = positions;
  }
  return found;
}

function findMatches(index: SearchIndex, query: Query, text: string, attribute: string): Range[] {
  if (!index.searchable().includes(attribute)) return [];
  return cutIntoWords(text).flatMap((word) => {
    const length = query.matched.get(word.text);
    return length === undefined
      ? []
      : { start: word.start, end: word.start + lengthInText(text, word, length) };
  });
}

/** So many characters of the normalised word, in whole characters of the text. */
function lengthInText(text: string, { start, end }: Word, length: number): number {
  let taken = 0;
  let normalized = 0;
  for (const character of text.slice(start, end)) {
    if (normalized >= length) break;
    taken += character.length;
    normalized += normalizeWord(character).length;
  }
  return taken;
}
