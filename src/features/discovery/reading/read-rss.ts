import { Parser } from 'htmlparser2';
import { decodeEntities } from './decode-entities.ts';

/** The parts of an item that are read, as text; empty where there is none. */
export type RssItem = Record<Part, string> & { sourceUrl: string };

export type Rss = {
  /** The first element, lower case: tells a feed from a page. Undefined when there is none. */
  root: string | undefined;
  hasChannel: boolean;
  /** Of the channel. */
  language: string;
  /** Those that are whole, in their order. */
  items: RssItem[];
};

const PARTS = ['title', 'link', 'guid', 'pubDate', 'source'] as const;
type Part = (typeof PARTS)[number];
/** Elements with markup in them, often not escaped: what looks like a part in there is none. */
const PROSE = new Set(['description', 'content:encoded', 'content', 'summary']);
/** Of one part (UTF-16 units). */
const MAX_PART = 16_000;
/** Fed piece by piece (characters), so that reading ends where a bound is met. */
const PIECE = 16 * 1024;
/** A feed is four deep; the parser's time grows with the square of the depth. */
const MAX_DEPTH = 100;
const MAX_ELEMENTS = 200_000;

/**
 * Reads RSS 2.0, tolerantly: cut off, unclosed, with bare ampersands. Entities are resolved once, HTML's too; those that
 * a document defines itself are not. An item that is closed neither by its end nor by the next one is left out.
 */
export function readRss(xml: string): Rss {
  const reader = new RssReader();
  const parser = new Parser(reader, { xmlMode: true, decodeEntities: false });
  // Never ended: the end would close what is cut off.
  for (let at = 0; at < xml.length && !reader.isOver; at += PIECE) parser.write(xml.slice(at, at + PIECE));
  return reader.rss;
}

class RssReader {
  readonly rss: Rss = { root: undefined, hasChannel: false, language: '', items: [] };
  isOver = false;
  #depth = 0;
  #elements = 0;
  #item: RssItem | undefined;
  /** The part or prose that is open, and what of it has come. */
  #open: string | undefined;
  #text: string[] = [];
  #isLiteral = false;

  onopentag(name: string, attributes: Record<string, string>): void {
    if (this.isOver) return;
    this.rss.root ??= name.toLowerCase();
    this.#depth += 1;
    this.#elements += 1;
    if (this.#depth > MAX_DEPTH || this.#elements > MAX_ELEMENTS) this.isOver = true;
    else if (name === 'channel') this.rss.hasChannel = true;
    else if (name === 'item') this.#startItem();
    else if (this.#open === undefined || !PROSE.has(this.#open)) this.#startPart(name, attributes);
  }

  ontext(text: string): void {
    if (this.#open === undefined || PROSE.has(this.#open)) return;
    // What stands in CDATA has no entities.
    this.#text.push(this.#isLiteral ? text.replaceAll('&', '&amp;') : text);
  }

  oncdatastart(): void {
    this.#isLiteral = true;
  }

  oncdataend(): void {
    this.#isLiteral = false;
  }

  onclosetag(name: string): void {
    if (this.isOver) return;
    this.#depth -= 1;
    if (name === this.#open) this.#endPart();
    if (name === 'item') this.#endItem();
  }

  #startItem(): void {
    this.#endItem();
    this.#item = { title: '', link: '', guid: '', pubDate: '', source: '', sourceUrl: '' };
  }

  #endItem(): void {
    this.#endPart();
    if (this.#item) this.rss.items.push(this.#item);
    this.#item = undefined;
  }

  #startPart(name: string, attributes: Record<string, string>): void {
    const isPart = isPartName(name) || PROSE.has(name);
    if (!isPart && !(name === 'language' && !this.#item)) return;
    // One that was not closed ends where the next begins.
    this.#endPart();
    this.#open = name;
    if (name === 'source' && this.#item)
      this.#item.sourceUrl ||= decodeEntities(attributes['url'] ?? '', 'xml');
  }

  #endPart(): void {
    const name = this.#open;
    const text = this.#text.join('').slice(0, MAX_PART);
    this.#open = undefined;
    this.#text = [];
    if (name === 'language') this.rss.language ||= text.trim();
    if (!this.#item || name === undefined || !isPartName(name)) return;
    this.#item[name] ||= decodeEntities(text, name === 'title' || name === 'source' ? 'html' : 'xml');
  }
}

function isPartName(name: string): name is Part {
  return PARTS.some((part) => part === name);
}
