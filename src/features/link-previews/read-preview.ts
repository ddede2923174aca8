import { Parser } from 'htmlparser2';

/** What a page says of itself. `picture` as it stands there, relative to `base` or the page. */
export type Preview = {
  title: string | undefined;
  description: string | undefined;
  picture: string | undefined;
  base: string | undefined;
};

const MAX_TITLE = 300;
const MAX_DESCRIPTION = 500;
/** Fed piece by piece (characters), so that reading ends with the head. */
const PIECE = 16 * 1024;

/**
 * No head has so many elements. The parser's time grows with the square of how deep a page nests them: a megabyte of
 * `<div>` took it 39 s.
 */
const MAX_ELEMENTS = 1000;
const EMPTY_ELEMENTS = new Set(['meta', 'link', 'base']);

/** Control characters, invisible ones, and those that turn the writing direction. */
const UNWANTED = /\p{Cc}|[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]|\p{Surrogate}/gu;

/** Reads title, description and picture from a page's head: Open Graph first, then Twitter's tags, then HTML's own. */
export function readPreview(html: string): Preview {
  const { meta, title, base } = readHead(html);
  const first = (...names: string[]) => names.map((name) => meta.get(name)).find(Boolean);
  return {
    title: toLine(first('og:title', 'twitter:title') ?? title, MAX_TITLE),
    description: toLine(first('og:description', 'twitter:description', 'description'), MAX_DESCRIPTION),
    picture: first('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src'),
    base,
  };
}

type Head = Pick<Preview, 'title' | 'base'> & { meta: Map<string, string>; isOver: boolean };

function readHead(html: string): Head {
  const head: Head = { meta: new Map(), title: undefined, base: undefined, isOver: false };
  let elements = 0;
  let titleParts: string[] | undefined;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (head.isOver) return;
      if (!EMPTY_ELEMENTS.has(name)) elements += 1;
      if (name === 'body' || elements > MAX_ELEMENTS) head.isOver = true;
      if (name === 'title' && head.title === undefined) titleParts = [];
      if (name === 'base') head.base ??= attributes['href'];
      if (name === 'meta') {
        const key = (attributes['property'] ?? attributes['name'] ?? '').trim().toLowerCase();
        const content = attributes['content']?.trim();
        if (content && !head.meta.has(key)) head.meta.set(key, content);
      }
    },
    ontext(text) {
      titleParts?.push(text);
    },
    onclosetag(name) {
      if (name === 'head') head.isOver = true;
      if (name === 'title' && titleParts) {
        head.title = titleParts.join('');
        titleParts = undefined;
      }
    },
  });
  for (let at = 0; at < html.length && !head.isOver; at += PIECE) parser.write(html.slice(at, at + PIECE));
  return head;
}

/** One clean line of at most `max` characters; undefined when nothing is left. */
function toLine(text: string | undefined, max: number): string | undefined {
  const line = (text ?? '').normalize('NFC').replaceAll(/\s+/g, ' ').replaceAll(UNWANTED, '').trim();
  const characters = [...line];
  if (characters.length <= max) return line || undefined;
  return `${characters
    .slice(0, max - 1)
    .join('')
    .trimEnd()}…`;
}
