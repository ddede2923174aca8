/** Meilisearch's filter language: comparisons, TO, IN, EXISTS, IS NULL, IS EMPTY, AND, OR, NOT, parentheses, arrays. */
import type { Document } from './documents.ts';
import { EngineError, type ErrorCode } from './errors.ts';
import { isAmong } from './settings.ts';

export type Predicate = (document: Document) => boolean;

type Lexeme = { kind: 'word' | 'text' | 'sign'; text: string; at: number };

const LEXEME = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|!=|[=<>()[\],])|([^\s"'=<>!()[\],]+))/y;

/**
 * A filter as a test of documents. An array is a conjunction of its parts, an array inside it a disjunction. Throws with
 * `code` for a filter that does not parse or names an attribute outside `filterable`.
 */
export function compileFilter(filter: unknown, filterable: readonly string[], code: ErrorCode): Predicate {
  if (filter === undefined || filter === null || filter === '') return () => true;
  if (typeof filter === 'string') return parseExpression(filter, filterable, code);
  if (!Array.isArray(filter)) throw new EngineError(code, 'Invalid filter: expected a string or an array.');
  const parts = filter.map((part: unknown) => {
    if (!Array.isArray(part)) return compileFilter(part, filterable, code);
    const either = part.map((one) => compileFilter(one, filterable, code));
    return (document: Document) => either.some((test) => test(document));
  });
  return (document) => parts.every((test) => test(document));
}

function cutIntoLexemes(text: string, code: ErrorCode): Lexeme[] {
  const lexemes: Lexeme[] = [];
  LEXEME.lastIndex = 0;
  while (text.slice(LEXEME.lastIndex).trim() !== '') {
    const at = LEXEME.lastIndex;
    const match = LEXEME.exec(text);
    if (!match) throw new EngineError(code, `Was expecting a value at ${at + 1}:${text.length + 1} ${text}`);
    const quoted = match[1] ?? match[2];
    if (quoted !== undefined)
      lexemes.push({ kind: 'text', text: quoted.replaceAll(/\\(.)/g, '$1'), at: at + 1 });
    else lexemes.push({ kind: match[3] ? 'sign' : 'word', text: match[3] ?? match[4] ?? '', at: at + 1 });
  }
  return lexemes;
}

function parseExpression(text: string, filterable: readonly string[], code: ErrorCode): Predicate {
  const lexemes = cutIntoLexemes(text, code);
  let next = 0;

  function refuse(what: string): never {
    const at = lexemes[next]?.at ?? text.length;
    throw new EngineError(code, `${what}\n${at}:${text.length + 1} ${text}`);
  }

  function isWord(word: string, ahead = 0): boolean {
    const lexeme = lexemes[next + ahead];
    return lexeme?.kind === 'word' && lexeme.text.toUpperCase() === word;
  }

  function take(word: string): boolean {
    if (!isWord(word)) return false;
    next += 1;
    return true;
  }

  function takeSign(sign: string): boolean {
    if (lexemes[next]?.kind !== 'sign' || lexemes[next]?.text !== sign) return false;
    next += 1;
    return true;
  }

  function takeValue(): string {
    const lexeme = lexemes[next];
    if (!lexeme || lexeme.kind === 'sign') return refuse('Was expecting a value');
    next += 1;
    return lexeme.text;
  }

  function parseOr(): Predicate {
    let left = parseAnd();
    while (take('OR')) {
      const [first, second] = [left, parseAnd()];
      left = (document) => first(document) || second(document);
    }
    return left;
  }

  function parseAnd(): Predicate {
    let left = parseNot();
    while (take('AND')) {
      const [first, second] = [left, parseNot()];
      left = (document) => first(document) && second(document);
    }
    return left;
  }

  function parseNot(): Predicate {
    if (take('NOT')) {
      const inner = parseNot();
      return (document) => !inner(document);
    }
    if (takeSign('(')) {
      const inner = parseOr();
      if (!takeSign(')')) refuse('Expression is not closed');
      return inner;
    }
    return parseCondition();
  }

  function parseCondition(): Predicate {
    const attribute = takeValue();
    if (!isAmong(attribute, filterable)) {
      const known = filterable.map((name) => `\`${name}\``).join(', ');
      refuse(
        `Attribute \`${attribute}\` is not filterable. Available filterable attribute patterns are: ${known}.`,
      );
    }
    const read = (document: Document) => valuesOf(document, attribute);
    const isNegated = take('NOT');
    const test = parseOperator(read);
    return isNegated ? (document) => !test(document) : test;
  }

  function parseOperator(read: (document: Document) => unknown[]): Predicate {
    if (take('EXISTS')) return (document) => read(document).length > 0;
    if (take('IN')) return parseList(read);
    if (take('IS')) {
      const isNegated = take('NOT');
      const test = parseIs(read);
      return isNegated ? (document) => !test(document) : test;
    }
    const lexeme = lexemes[next];
    if (lexeme?.kind === 'sign' && /[=<>]/.test(lexeme.text)) {
      next += 1;
      return compare(read, lexeme.text, takeValue());
    }
    const from = takeValue();
    if (!take('TO'))
      refuse('Was expecting an operation `=`, `!=`, `>=`, `>`, `<=`, `<`, `IN`, `TO`, `EXISTS`, `IS`');
    const to = takeValue();
    return (document) => compare(read, '>=', from)(document) && compare(read, '<=', to)(document);
  }

  function parseIs(read: (document: Document) => unknown[]): Predicate {
    if (take('NULL')) return (document) => read(document).includes(null);
    if (take('EMPTY')) return (document) => read(document).some(isEmpty);
    return refuse('Was expecting `NULL` or `EMPTY`');
  }

  function parseList(read: (document: Document) => unknown[]): Predicate {
    if (!takeSign('[')) refuse('Expected `[`');
    const wanted: string[] = [];
    while (!takeSign(']')) {
      wanted.push(takeValue());
      if (!takeSign(',') && lexemes[next]?.text !== ']') refuse('Expected only comma-separated field names');
    }
    const tests = wanted.map((value) => compare(read, '=', value));
    return (document) => tests.some((test) => test(document));
  }

  const expression = parseOr();
  if (next < lexemes.length) refuse('Found unexpected characters at the end of the filter');
  return expression;
}

function compare(read: (document: Document) => unknown[], sign: string, wanted: string): Predicate {
  const number = wanted.trim() === '' ? Number.NaN : Number(wanted);
  const isEqual = (value: unknown) =>
    typeof value === 'number' ? value === number : String(value).toLowerCase() === wanted.toLowerCase();
  const test: Record<string, (value: unknown) => boolean> = {
    '=': isEqual,
    '>': (value) => typeof value === 'number' && value > number,
    '>=': (value) => typeof value === 'number' && value >= number,
    '<': (value) => typeof value === 'number' && value < number,
    '<=': (value) => typeof value === 'number' && value <= number,
  };
  const holds = test[sign];
  if (sign === '!=') return (document) => !flatten(read(document)).some(isEqual);
  return (document) => holds !== undefined && flatten(read(document)).some(holds);
}

/** What stands under an attribute, a dotted path through objects; nothing when it is not there. */
export function valuesOf(document: Document, attribute: string): unknown[] {
  let values: unknown[] = [document];
  for (const name of attribute in document ? [attribute] : attribute.split('.')) {
    values = values.flatMap((value) =>
      [value]
        .flat()
        .flatMap((one: unknown) =>
          typeof one === 'object' && one !== null && name in one ? [(one as Document)[name]] : [],
        ),
    );
  }
  return values;
}

function flatten(values: unknown[]): unknown[] {
  return values.flat(Number.POSITIVE_INFINITY) as unknown[];
}

function isEmpty(value: unknown): boolean {
  if (value === '') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
