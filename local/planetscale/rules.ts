/**
 * What production refuses although MySQL accepts it (PlanetScale's page on MySQL compatibility), and what would
 * outlive its statement on a shared connection. Rules read a statement's shape, so words inside text, comments and
 * identifiers mean nothing.
 */
import { unsupported, type GatewayError } from './errors.ts';
import { collapseLists, findShape, hideIdentifiers, readTopLevel } from './shape.ts';

export type StatementKind = 'begin' | 'commit' | 'rollback' | 'change' | 'other';

export type Statement = {
  /** Shape with its lists collapsed. */
  digest: string;
  /** `change`: rows are written by a condition, so their number is known only afterwards. */
  kind: StatementKind;
  refusal?: GatewayError;
  /** Reads what an earlier statement left on the connection: has a meaning inside a transaction only. */
  needsTransaction: boolean;
};

const KNOWN_STATEMENT =
  /^(?:\(|(?:select|insert|replace|update|delete|with|begin|start transaction|commit|rollback|savepoint|release savepoint|create table|create (?:unique |fulltext |spatial )?index|create (?:or replace )?(?:algorithm ?= ?\w+ )?(?:definer ?= ?\S+ )?(?:sql security \w+ )?view|alter table|alter view|drop table|drop index|drop view|truncate|show|explain|describe|desc|analyze table)\b)/;

const REFUSED: ReadonlyArray<[RegExp, string]> = [
  [/\/\*!/, 'version comments'],
  [/;\s*[^\s;]/, 'several statements in one query'],
  [/:=/, 'assignment expression'],
  [/\bjson_table ?\(/, 'json_table expressions'],
  [/(?<!\.)\blateral\b/, 'lateral derived tables'],
  [/\bwith recursive\b/, 'recursive common table expression'],
  [/\binto (?:outfile|dumpfile|@)/, 'select into'],
  [/\b(?:get_lock|release_lock|release_all_locks|is_free_lock|is_used_lock) ?\(/, 'named locks'],
  [/\bload_file ?\(/, 'load_file'],
  [/^alter table\b.*\brename column\b/, 'renaming a column in place'],
];

const known = new Map<string, Statement>();
const KNOWN_AT_MOST = 4000;
const LONGEST_KNOWN = 20_000;

/** Reads one statement. Shapes already met cost one pass over the text and a look-up. */
export function readStatement(sql: string): Statement {
  const shape = findShape(sql);
  const met = known.get(shape);
  if (met) return met;
  const statement = judgeShape(shape);
  if (known.size >= KNOWN_AT_MOST) known.clear();
  if (shape.length <= LONGEST_KNOWN) known.set(shape, statement);
  return statement;
}

function judgeShape(shape: string): Statement {
  const text = hideIdentifiers(shape).toLowerCase();
  const refusal = findRefusal(text);
  return {
    digest: collapseLists(shape),
    kind: findKind(text),
    needsTransaction: /\b(?:last_insert_id|found_rows|row_count) ?\( ?\)/.test(text),
    ...(refusal && { refusal }),
  };
}

function findRefusal(text: string): GatewayError | undefined {
  const rule = REFUSED.find(([pattern]) => pattern.test(text));
  if (rule) return unsupported(rule[1]);
  if (!KNOWN_STATEMENT.test(text)) {
    return unsupported(`statement ${/^\S+(?: \S+)?/.exec(text)?.[0] ?? '(empty)'}`);
  }
  const top = readTopLevel(text);
  if (/^alter table\b.*\brename (?!index\b|key\b)/.test(top)) return unsupported('renaming a table in place');
  if (hasRowAlias(top)) return unsupported('row alias of an insert');
  return undefined;
}

/** `INSERT … VALUES (…) AS new`: an `as` on the statement's own level that belongs to no `select`. */
function hasRowAlias(top: string): boolean {
  return top.startsWith('insert') && /\bas\b/.test(top) && !/\b(?:select|table|with)\b/.test(top);
}

function findKind(text: string): StatementKind {
  if (/^(?:begin|start transaction)\b/.test(text)) return 'begin';
  if (/^commit\b/.test(text)) return 'commit';
  if (/^rollback\b(?!.*\bto\b)/.test(text)) return 'rollback';
  if (/^(?:update|delete)\b|^(?:insert|replace)\b.*\bselect\b|^with\b.*\b(?:update|delete)\b/.test(text)) {
    return 'change';
  }
  return 'other';
}
