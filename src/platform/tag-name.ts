import { hasVisibleText } from './visible-text.ts';

/** Longest tag, in code points. */
export const MAX_TAG_LENGTH = 30;

const SPACES_AND_HASHES = /[\s#\uff03]+/gu;
const NOT_FOR_TAGS = /[\p{C}<>]/u;

/**
 * The one form in which a tag is stored, compared and shown: NFC, without `#` and spaces, case-folded. Undefined when
 * nothing visible is left of it, when it is longer than {@link MAX_TAG_LENGTH}, or when it holds control or invisible
 * characters or markup.
 */
export function normalizeTag(text: string): string | undefined {
  const name = text.normalize('NFC').replace(SPACES_AND_HASHES, '').toLowerCase().normalize('NFC');
  const length = [...name].length;
  const isFine = length <= MAX_TAG_LENGTH && hasVisibleText(name) && !NOT_FOR_TAGS.test(name);
  return isFine ? name : undefined;
}
