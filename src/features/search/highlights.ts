import { MATCH_END, MATCH_START } from '../../platform/search.ts';
import { mergeRanges, type TextRange } from './typed-words.ts';

/** A text of the answer that shows a match. `index` counts in fields that are lists; it is 0 in others. */
export type Highlight<F extends string = string> = TextRange & { field: F; index: number };

/** The texts of one attribute of the index as they are now, and which of them the answer shows. */
export type PresentTexts<F extends string> = {
  attribute: string;
  texts: readonly string[];
  /** Where the answer shows the text at this place of the list. */
  shownAs(place: number): { field: F; index: number } | undefined;
};

const MARKED = new RegExp(`${MATCH_START}([^${MATCH_START}${MATCH_END}]*)${MATCH_END}`, 'gu');

/** What the index holds as a text, and where it was matched. */
function readMarks(marked: string): { text: string; ranges: TextRange[] } {
  const ranges: TextRange[] = [];
  let removed = 0;
  for (const match of marked.matchAll(MARKED)) {
    ranges.push({ start: match.index - removed, length: match[1]?.length ?? 0 });
    removed += MATCH_START.length + MATCH_END.length;
  }
  return { text: marked.replaceAll(MATCH_START, '').replaceAll(MATCH_END, ''), ranges: mergeRanges(ranges) };
}

/**
 * What the engine marked, held against the texts as they are now. `isStale`: all that matched has changed since the index
 * was written, so the thing is no longer what was asked for.
 */
export function readHighlights<F extends string>(
  formatted: Record<string, unknown>,
  present: readonly PresentTexts<F>[],
): { highlights: Highlight<F>[]; isStale: boolean } {
  const highlights: Highlight<F>[] = [];
  const matches = Object.entries(formatted).flatMap(([attribute, value]) =>
    [value]
      .flat()
      .flatMap((one) => (typeof one === 'string' ? { attribute, ...readMarks(one) } : []))
      .filter(({ ranges }) => ranges.length > 0),
  );
  let isTrue = matches.length === 0;
  for (const { attribute, text, ranges } of matches) {
    const now = present.find((one) => one.attribute === attribute);
    const place = now?.texts.indexOf(text) ?? -1;
    // What cannot be compared is believed.
    isTrue ||= !now || place !== -1;
    const shown = now?.shownAs(place);
    if (shown && place !== -1) highlights.push(...ranges.map((range) => ({ ...shown, ...range })));
  }
  return { highlights, isStale: !isTrue };
}
