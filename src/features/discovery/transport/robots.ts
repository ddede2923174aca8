/** What a robots.txt says to us. */
export type RobotsRules = {
  rules: { isAllowed: boolean; pattern: string }[];
  /** Seconds: the larger of what our group and everybody's ask for. */
  crawlDelay: number;
};

/** What our group, or else everybody's, is called. */
const PRODUCT_TOKEN = 'LoopUsBot';
const FIELD = /^\s*([A-Za-z-]+)\s*:\s*([^#]*)/;
const KNOWN_FIELDS = new Set(['user-agent', 'allow', 'disallow', 'crawl-delay', 'sitemap']);
const MAX_CRAWL_DELAY = 86_400;

type Group = { rules: RobotsRules['rules']; crawlDelay: number; isThere: boolean };

/**
 * Reads a robots.txt by RFC 9309: groups for one product token are merged, lines that are no part of the protocol
 * (`Sitemap`) end no group, a group without rules opens everything. `Crawl-delay`, which the RFC does not know, is
 * honoured as well. Undefined when the text is no robots.txt: it has content, and none of it is a line of that format. */
export function parseRobots(text: string): RobotsRules | undefined {
  const ours: Group = { rules: [], crawlDelay: 0, isThere: false };
  const everybodys: Group = { rules: [], crawlDelay: 0, isThere: false };
  let named: Group[] = [];
  let isNaming = false;
  let isRobots = false;
  let hasContent = false;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name, rest] = FIELD.exec(line) ?? [];
    hasContent ||= /^\s*[^#\s]/.test(line);
    if (name === undefined || rest === undefined) continue;
    const field = name.toLowerCase();
    const value = rest.trim();
    isRobots ||= KNOWN_FIELDS.has(field);
    if (field === 'user-agent') {
      if (!isNaming) named = [];
      isNaming = true;
      const group = groupOf(value, ours, everybodys);
      if (group) named.push(group);
      for (const group of named) group.isThere = true;
    } else if (field === 'allow' || field === 'disallow') {
      isNaming = false;
      if (value === '') continue;
      const rule = { isAllowed: field === 'allow', pattern: normalisePattern(value) };
      for (const group of named) group.rules.push(rule);
    } else if (field === 'crawl-delay') {
      const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Math.min(Number(value), MAX_CRAWL_DELAY) : 0;
      for (const group of named) group.crawlDelay = Math.max(group.crawlDelay, seconds);
    }
  }
  if (hasContent && !isRobots) return undefined;
  const crawlDelay = Math.max(ours.crawlDelay, everybodys.crawlDelay);
  return { rules: (ours.isThere ? ours : everybodys).rules, crawlDelay };
}

/** `LoopUsBot/1.0 (…)` names us as well: only the product token counts, in any case. */
function groupOf(value: string, ours: Group, everybodys: Group): Group | undefined {
  if (/^\*(?:\s|$)/.test(value)) return everybodys;
  const [token] = /^[A-Za-z_-]*/.exec(value) ?? [];
  return token?.toLowerCase() === PRODUCT_TOKEN.toLowerCase() ? ours : undefined;
}

/** What concerns us, as a robots.txt of its own: what is kept of a file of which we need little. */
export function writeRobots({ rules, crawlDelay }: RobotsRules): string {
  return [
    `User-agent: ${PRODUCT_TOKEN}`,
    ...rules.map(({ isAllowed, pattern }) => `${isAllowed ? 'Allow' : 'Disallow'}: ${pattern}`),
    ...(crawlDelay > 0 ? [`Crawl-delay: ${crawlDelay}`] : []),
  ].join('\n');
}

/** Whether the rules let us read an address, by its path and query: the longest matching rule decides, `Allow` on ties. */
export function isAllowedByRobots({ rules }: RobotsRules, url: URL): boolean {
  const path = normalise(url.pathname + url.search)
    .replaceAll('*', '%2A')
    .replaceAll('$', '%24');
  let length = -1;
  let isAllowed = true;
  for (const rule of rules) {
    const isDecisive =
      rule.pattern.length > length || (rule.pattern.length === length && rule.isAllowed && !isAllowed);
    if (!isDecisive || !isMatch(rule.pattern, path)) continue;
    length = rule.pattern.length;
    isAllowed = rule.isAllowed;
  }
  return isAllowed;
}

/** One spelling (RFC 9309 §2.2.2): unreserved characters plain, all others that need it percent-encoded in upper case. */
function normalise(path: string): string {
  return path
    .replace(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(text.toWellFormed()))
    .replace(/%[0-9A-Fa-f]{2}/g, (code) => {
      const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : code.toUpperCase();
    });
}

/** A `$` that is not at the end is one of the address. */
function normalisePattern(pattern: string): string {
  return normalise(pattern).replace(/\$(?!$)/g, '%24');
}

/** From the start; `*` is anything, `$` at the end is the end. The parts between stars are found one after the other. */
function isMatch(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith('$');
  const [first = '', ...parts] = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = isAnchored ? parts.pop() : undefined;
  for (const part of parts) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  if (!isAnchored) return true;
  return last === undefined ? at === path.length : path.length - last.length >= at && path.endsWith(last);
}
