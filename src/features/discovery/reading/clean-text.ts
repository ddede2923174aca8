import { hasVisibleText } from '../../../platform/visible-text.ts';
import { decodeEntities } from './decode-entities.ts';

/** `discoveries.title` and `discoveries.author` (code points). */
export const MAX_TITLE = 300;
export const MAX_AUTHOR = 120;

/** More is never looked at: no title is so long (UTF-16 units). */
const MAX_RAW = 16_000;

const INLINE_TAG =
  /<\/?(?:a|abbr|b|big|cite|code|del|em|embed|font|i|iframe|img|input|ins|link|mark|meta|object|q|s|script|small|span|strike|strong|style|sub|sup|svg|u)(?:[\s/][^<>]*)?>/gi;
const BLOCK_TAG = /<\/?(?:blockquote|br|div|h[1-6]|hr|li|ol|p|table|td|th|tr|ul)(?:[\s/][^<>]*)?>/gi;

/**
 * Control characters but those that are white space, invisible ones, those that turn the writing direction, tag
 * characters, halves of a pair, and code points that are no characters. Joiners are looked at apart.
 */
const UNWANTED =
  /(?!\s)\p{Cc}|[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}|\p{Noncharacter_Code_Point}/gu;
/** A joiner that holds no emoji together. */
const LOOSE_JOINER =
  /(?<!\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;
/** More marks than any script puts on a letter; they also cost normalising quadratic time. */
const PILED_MARKS = /(\p{M}{8})\p{M}+/gu;

/** One clean line of at most `max` code points, of text that holds no markup; empty when there is nothing to see. */
export function cleanLine(text: string, max: number): string {
  const line = text
    .slice(0, MAX_RAW)
    .replace(UNWANTED, '')
    .replace(LOOSE_JOINER, '')
    .replace(PILED_MARKS, '$1')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
  return hasVisibleText(line) ? cutLine(line, max) : '';
}

/** A clean line of text with markup: tags go before entities are resolved, so that `&lt;b&gt;` and `<잠>` stay as text. */
export function cleanMarkup(html: string, max: number): string {
  return cleanLine(decodeEntities(stripTags(html.slice(0, MAX_RAW))), max);
}

/** Without the tags that HTML knows; other angle brackets are text. */
export function stripTags(html: string): string {
  return html.replace(INLINE_TAG, '').replace(BLOCK_TAG, ' ');
}

/** At most `max` code points, an ellipsis in place of what is left out. */
export function cutLine(line: string, max: number): string {
  const characters = [...line];
  if (characters.length <= max) return line;
  const beginning = characters.slice(0, max - 1).join('');
  return `${beginning.replace(/[\s\u200d]+$/u, '')}…`;
}
