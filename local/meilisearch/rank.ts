/** Puts the documents that match a query in order by the index's ranking rules, each rule within the one before. */
import type { Document } from './documents.ts';
import { EngineError } from './errors.ts';
import { valuesOf } from './filter.ts';
import { fieldOfHold, inexactOf, typosOf, type Query } from './query.ts';
import type { SearchIndex } from './search-index.ts';
import { selectBest } from './select-best.ts';
import { textsOf } from './words.ts';

export type MatchingStrategy = 'last' | 'all' | 'frequency';

type Candidate = {
  number: number;
  document: Document;
  /** Words of the query that count: those after the first missing one do not. */
  words: number;
  typos: number;
  field: number;
  inexact: number;
};

export type Ranked = { document: Document; score: number };

/** How far apart two words may stand and still count as near. */
const FAR = 8;
/** Reading documents for how near the words stand is slow: only the best so far are read. */
const READ_AT_MOST = 500;

/**
 * The first `count` documents of `isWanted` that match, best first, and how many match in all. `sort`: `attribute:asc` or
 * `attribute:desc`, in the order of weight.
 */
export function rankDocuments(
  index: SearchIndex,
  query: Query,
  options: {
    strategy: MatchingStrategy;
    sort: readonly string[];
    count: number;
    isWanted: ((document: Document) => boolean) | undefined;
  },
): { best: Ranked[]; total: number; documents: () => Document[] } {
  const order = orderOfWords(query, options.strategy);
  const candidates = findCandidates(index, query, order, options);
  const rules = index.settings.rankingRules.flatMap((rule) => (rule === 'sort' ? options.sort : rule));
  const isReadFor = query.words.length > 1 && rules.includes('proximity');
  const before = isReadFor ? rules.slice(0, rules.indexOf('proximity')) : rules;
  const chosen = selectBest(
    candidates,
    compareBy(before),
    isReadFor ? Math.max(READ_AT_MOST, options.count) : options.count,
  );
  const distances = new Map(
    isReadFor
      ? chosen.slice(0, READ_AT_MOST).map((one) => [one.number, readDistance(index, query, one.document)])
      : [],
  );
  const best = isReadFor
    ? chosen.toSorted(compareBy(rules, (one) => distances.get(one.number) ?? FAR * query.words.length))
    : chosen;
  return {
    best: best.slice(0, options.count).map(toRanked),
    total: candidates.length,
    documents: () => candidates.map(({ document }) => document),
  };

  function toRanked(one: Candidate): Ranked {
    const share = query.words.length === 0 ? 1 : one.words / query.words.length;
    return { document: one.document, score: share / (1 + 0.05 * one.typos + 0.01 * one.inexact) };
  }
}

/** The words in the order in which they may be missed last. */
function orderOfWords(query: Query, strategy: MatchingStrategy): number[] {
  const places = query.words.map((_, at) => at);
  if (strategy !== 'frequency') return places;
  const countOf = (at: number) => query.holds[at]?.documents.length ?? 0;
  return places.toSorted((a, b) => countOf(a) - countOf(b));
}

function findCandidates(
  index: SearchIndex,
  query: Query,
  order: readonly number[],
  options: { strategy: MatchingStrategy; isWanted: ((document: Document) => boolean) | undefined },
): Candidate[] {
  const candidates: Candidate[] = [];
  const fewest = options.strategy === 'all' ? order.length : Math.min(1, order.length);
  const [first] = order;
  const numbers = first === undefined ? index.numbers() : (query.holds[first]?.documents ?? []);
  for (const number of numbers) {
    const document = index.byNumber(number);
    if (!document) continue;
    const candidate = { number, document, words: 0, typos: 0, field: 0, inexact: 0 };
    for (const at of order) {
      const hold = query.holds[at]?.of(number);
      if (!hold) break;
      candidate.words += 1;
      candidate.typos += typosOf(hold);
      candidate.field += fieldOfHold(hold);
      candidate.inexact += inexactOf(hold);
    }
    if (candidate.words >= fewest && (options.isWanted?.(document) ?? true)) candidates.push(candidate);
  }
  return candidates;
}

type Compare = (a: Candidate, b: Candidate) => number;

function compareBy(rules: readonly string[], distanceOf: (one: Candidate) => number = () => 0): Compare {
  const steps = rules.flatMap((rule): Compare[] => {
    if (rule === 'words') return [(a, b) => b.words - a.words];
    if (rule === 'typo') return [(a, b) => a.typos - b.typos];
    if (rule === 'proximity') return [(a, b) => distanceOf(a) - distanceOf(b)];
    if (rule === 'attribute' || rule === 'attributeRank') return [(a, b) => a.field - b.field];
    if (rule === 'exactness') return [(a, b) => a.inexact - b.inexact];
    if (rule === 'wordPosition') return [];
    return [compareByAttribute(rule)];
  });
  return (a, b) => {
    for (const step of steps) {
      const difference = step(a, b);
      if (difference !== 0) return difference;
    }
    return a.number - b.number;
  };
}

/** Documents without the attribute come last either way. */
function compareByAttribute(rule: string): Compare {
  const [, attribute = '', direction] = /^(.+):(asc|desc)$/.exec(rule) ?? [];
  const sign = direction === 'desc' ? -1 : 1;
  const read = (one: Candidate) =>
    attribute in one.document ? one.document[attribute] : valuesOf(one.document, attribute)[0];
  return (a, b) => {
    const [left, right] = [read(a), read(b)];
    if (left === right) return 0;
    if (left === undefined || left === null) return 1;
    if (right === undefined || right === null) return -1;
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
    return sign * (String(left) < String(right) ? -1 : 1);
  };
}

/** The sum over neighbouring words of the query of how far apart they stand at best. */
function readDistance(index: SearchIndex, query: Query, document: Document): number {
  const texts = index.searchable().flatMap((attribute) => textsOf(document[attribute]));
  const positions = texts.map((text) => index.wordsOf(text));
  let sum = 0;
  for (const [at, word] of query.words.slice(1).entries()) {
    const before = query.words[at];
    let nearest = FAR;
    for (const words of positions) {
      for (const left of words) {
        if (!before || !isSame(left.text, before.text, before.isPrefix)) continue;
        for (const right of words) {
          if (!isSame(right.text, word.text, word.isPrefix)) continue;
          const distance = right.position - left.position;
          // The other way round counts one more.
          nearest = Math.min(nearest, distance > 0 ? distance : 1 - distance);
        }
      }
    }
    sum += nearest;
  }
  return sum;
}

function isSame(found: string, asked: string, isPrefix: boolean): boolean {
  return isPrefix ? found.startsWith(asked) : found === asked;
}

/** Throws unless every entry is `attribute:asc|desc` of a sortable attribute. */
export function requireSortable(sort: readonly string[], sortable: readonly string[], uid: string): void {
  for (const entry of sort) {
    const attribute = /^(.+):(asc|desc)$/.exec(entry)?.[1];
    if (attribute === undefined)
      throw new EngineError('invalid_search_sort', `Invalid syntax for the sort parameter: \`${entry}\`.`);
    if (!sortable.includes(attribute)) {
      const known = sortable.map((name) => `\`${name}\``).join(', ');
      throw new EngineError(
        'invalid_search_sort',
        `Index \`${uid}\`: Attribute \`${attribute}\` is not sortable. Available sortable attributes are: ${known}.`,
      );
    }
  }
}
