import { decodeText } from '../../../platform/decode-text.ts';
import { SourceError, type SourcePage } from '../source.ts';
import { readRss, type Rss } from './read-rss.ts';

/**
 * The feed in an answer. Throws `blocked_consent` or `throttled` when a page for people came instead, `unreachable` when
 * the connection was cut before the first item, `unexpected_format` for anything else that is no RSS.
 */
export function readFeed(page: SourcePage): Rss {
  const text = decodeText(page.bytes, page.contentType);
  const rss = readRss(text);
  if (rss.root === 'html') throw new SourceError(isCaptcha(page.url, text) ? 'throttled' : 'blocked_consent');
  if (rss.root === 'rss' && rss.items.length > 0) return rss;
  if (page.isCut) throw new SourceError('unreachable');
  if (rss.root !== 'rss' || !rss.hasChannel) throw new SourceError('unexpected_format');
  return rss;
}

/** Where Google sends those that ask too much. */
export function isCaptcha(url: string, body: string): boolean {
  return (
    URL.parse(url)?.pathname.startsWith('/sorry/') === true || /["'/]sorry\/index\b|g-recaptcha/i.test(body)
  );
}
