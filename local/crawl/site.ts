/** What the imitated sites have in common. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Reply } from '../stand-in.ts';
import type { Library } from './content/library.ts';

export type SiteRequest = {
  /** The address as the real web has it: `https://<host>/<path>`. */
  url: URL;
  headers: IncomingHttpHeaders;
};

/** What a site answers in a way of its own when its switch says so; see `switches.ts`. */
export type SiteTrouble =
  | 'empty'
  | 'layout'
  | 'schema'
  | 'format'
  | 'html'
  | 'key'
  | 'quota'
  | 'busy'
  | 'login';

export type Site = {
  /** As in the registry of sources. */
  source: string;
  hosts: readonly string[];
  /** What stands at /robots.txt today. */
  robots(host: string): Reply;
  answer(request: SiteRequest): Reply;
  troubles: Partial<Record<SiteTrouble, (request: SiteRequest) => Reply>>;
};

/** A library in which nothing is found. */
export function emptied(library: Library): Library {
  return { ...library, stories: () => [], articles: () => [], videos: () => [], blogPosts: () => [] };
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** `Tue, 24 Nov 2026 18:00:00 +0900`, as Naver writes times. */
export function formatKoreanDate(moment: Date): string {
  const wall = new Date(moment.getTime() + 9 * 3_600_000);
  return wall.toUTCString().replace('GMT', '+0900');
}

export function htmlReply(status: number, html: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body: html };
}

export function textReply(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

export function jsonReply(status: number, body: object, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** The tag in a question of a search: without the quotes and operators that a client may have added. */
export function tagOf(question: string): string {
  return question
    .replaceAll(/(?:^|\s)(?:when|after|before):\S+/g, ' ')
    .replaceAll(/["“”]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** A whole number of a query, `fallback` when it is not there, undefined when it is none or out of bounds. */
export function readCount(
  url: URL,
  name: string,
  [fallback, least, most]: [number, number, number],
): number | undefined {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
}

/** The body with what was asked for set in bold, as searches do. */
export function highlight(text: string, tag: string, isEscaped = true): string {
  const [body, mark] = isEscaped ? [escapeHtml(text), escapeHtml(tag)] : [text, tag];
  return mark === '' ? body : body.split(mark).join(`<b>${mark}</b>`);
}
