import { hasVisibleText } from '../../platform/visible-text.ts';

/** Longest phrase, in code points. */
const MAX_PHRASE_LENGTH = 60;

/** Bytes written as in an address: no source decodes them twice, and none is to be tempted. */
const ESCAPED_BYTES = /%[0-9a-f]{2}/giu;
/** `site:` and its like, of Google's search language. */
const OPERATORS =
  /\b(?:site|related|cache|filetype|ext|intext|allintext|intitle|allintitle|inurl|allinurl|source|location|when|after|before):/giu;
/** What is no letter, digit or mark, nor one of the signs that names carry (`c++`, `node.js`, `r&d`, `e-sports`). */
const NOT_OF_NAMES = /[^\p{L}\p{N}\p{M}+&._-]+/gu;
/** At the edge of a word, `-` and `+` are operators; `c++` keeps its own. */
const EDGES = /^[+&._-]+|[&._-]+$/gu;
const CONNECTIVES = new Set(['OR', 'AND', 'NOT']);

/**
 * What a source is asked with for a tag: one plain phrase, whatever the tag looks like. Undefined when nothing is left of
 * it that could be looked for.
 */
export function toPhrase(name: string): string | undefined {
  const words = name
    .normalize('NFC')
    .replace(ESCAPED_BYTES, ' ')
    .replace(OPERATORS, ' ')
    .replace(NOT_OF_NAMES, ' ')
    .split(' ')
    .map((word) => word.replace(EDGES, ''))
    .filter((word) => word !== '' && !CONNECTIVES.has(word));
  const phrase = [...words.join(' ')].slice(0, MAX_PHRASE_LENGTH).join('').trim();
  return /[\p{L}\p{N}]/u.test(phrase) && hasVisibleText(phrase) ? phrase : undefined;
}
