import { decodeText } from '../../../platform/decode-text.ts';
import { SourceError, type Outcome, type SourcePage } from '../source.ts';

/**
 * The JSON in an answer. Throws `unreachable` when the connection was cut, and for what is none `unexpected_format`, or
 * what `judge` makes of its text.
 */
export function readJson(page: SourcePage, judge?: (text: string) => Outcome | undefined): unknown {
  const text = decodeText(page.bytes, page.contentType);
  try {
    return JSON.parse(text);
  } catch (error) {
    const outcome = judge?.(text) ?? (page.isCut ? 'unreachable' : 'unexpected_format');
    throw new SourceError(outcome, { cause: error });
  }
}

/** JSON if it is any: for answers that may be a page for people. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
