/** The shape of a statement: what is left when literals, comments and the length of lists are taken away. */

/**
 * Everything in MySQL's text whose inside is not SQL, leftmost first: quoted text, quoted identifiers, comments and
 * numbers. Each alternative is linear in time, unclosed ones run to the end of the text.
 */
const OPAQUE =
  /'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*(?:'|\\?$)|"[^"\\]*(?:(?:\\[\s\S]|"")[^"\\]*)*(?:"|\\?$)|`(?:[^`]|``)*(?:`|$)|\/\*[\s\S]*?(?:\*\/|$)|#[^\n]*|--(?!\S)[^\n]*|\b0[xX][0-9a-fA-F]+\b|\b\d+(?:\.\d*)?(?:[eE][+-]?\d+)?\b/g;

/** `sql` with every literal replaced; comments go, quoted identifiers stay. */
export function replaceLiterals(sql: string, replace: (literal: string) => string): string {
  return sql.replace(OPAQUE, (found) => {
    const first = found.charCodeAt(0);
    if (first === BACKTICK) return found;
    if (first === SLASH) return found.startsWith('/*!') ? '/*!*/' : ' ';
    if (first === HASH || first === DASH) return ' ';
    return replace(found);
  });
}

const BACKTICK = 0x60;
const SLASH = 0x2f;
const HASH = 0x23;
const DASH = 0x2d;

/** Literals as `?`, white space as one blank. Statements that differ in values only have the same shape. */
export function findShape(sql: string): string {
  return replaceLiterals(sql, () => '?')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The shape with lists of values of any length made equal: how statements are counted. */
export function collapseLists(shape: string): string {
  return shape
    .replace(/\(\s*(?:\?|null|default)(?:\s*,\s*(?:\?|null|default))+\s*\)/gi, '(?, …)')
    .replace(/(\((?:\?|\?, …)\))(?:\s*,\s*\((?:\?|\?, …)\))+/g, '$1, …');
}

/** The shape without the inside of quoted identifiers: what rules may search for words. */
export function hideIdentifiers(shape: string): string {
  return shape.replace(/`(?:[^`]|``)*(?:`|$)/g, '`_`');
}

/** The statement's own level: every parenthesis, with all it holds, as `()`. */
export function readTopLevel(text: string): string {
  let level = 0;
  let result = '';
  for (const part of text.split(/([()])/)) {
    if (part === '(') {
      if (level === 0) result += '()';
      level += 1;
    } else if (part === ')') level = Math.max(0, level - 1);
    else if (level === 0) result += part;
  }
  return result;
}
