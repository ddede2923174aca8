/** docs/performance.md: what is written by hand stays, what was measured last stands between two marks. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatRow, ratioOf, readNewestResults, type Result, type Row } from './report.ts';
import { scales } from './scales.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs/performance.md');
const BEGIN = '<!-- measured -->';
const END = '<!-- /measured -->';

/**
 * Writes the newest result of every bench at this scale and larger ones, near and far, into the page. Answers what it
 * did. Throws when the page has lost its marks.
 */
export function writePerformancePage(smallest: keyof typeof scales): string {
  const order: string[] = Object.keys(scales);
  const results = readNewestResults()
    .filter(({ bench, scale }) => bench !== 'load' && order.indexOf(scale) >= order.indexOf(smallest))
    .toSorted((a, b) => order.indexOf(a.scale) - order.indexOf(b.scale));
  writeFileSync(PAGE, withMeasured(readFileSync(PAGE, 'utf8'), results));
  execFileSync(join(ROOT, 'node_modules/.bin/oxfmt'), [PAGE]);
  return `docs/performance.md: ${results.length} tables`;
}

/** The page with these results between its marks. */
export function withMeasured(page: string, results: readonly Result[]): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/performance.md: ${BEGIN} … ${END}`);
  const parts = ['## Over budget', listMisses(results), ...results.map(describe)];
  return `${before}${BEGIN}\n\n${parts.join('\n\n')}\n\n${END}${after}`;
}

function titleOf({ bench, scale, latency }: Result): string {
  return `${bench}, ${scale}${latency === 'none' ? '' : `, ${latency}`}`;
}

function listMisses(results: readonly Result[]): string {
  const misses = results.flatMap((result) =>
    withContext(result.rows)
      .filter((row) => (ratioOf(row) ?? 0) > 1)
      .map((row) => [...formatRow(row), titleOf(result)]),
  );
  if (misses.length === 0) return 'Nothing.';
  return table(['', 'budget', 'measured', 'ratio', 'bench'], misses);
}

/** Rows that begin with spaces belong to the one above: here they carry its name. */
function withContext(rows: readonly Row[]): Row[] {
  let above = '';
  let part = '';
  return rows.map((row) => {
    const [name = '', ...rest] = row.what.trim().split(': ');
    if (!row.what.startsWith(' ')) {
      [above, part] = [name, ''];
      return row;
    }
    if (rest.length > 0) part = `, ${name}`;
    return { ...row, what: `${above}${part}: ${rest.join(': ') || name}` };
  });
}

function describe(result: Result): string {
  const { machine, startedAt, commit, rows, missing, seconds, loadBefore } = result;
  const day = startedAt.slice(0, 10);
  const about = machine
    ? `${machine.cpus} cores (${machine.model}), ${machine.memoryGib} GiB, Node ${machine.node}, MySQL ${machine.mysql}, Redis ${machine.redis}`
    : 'machine not noted';
  return [
    `## ${titleOf(result)}`,
    `${day}, commit ${commit ?? 'unknown'}, ${seconds} s, load before ${(loadBefore[0] ?? 0).toFixed(1)}. ${about}.`,
    table(
      ['', 'budget', 'measured', 'ratio'],
      rows.map((row) => formatRow(row).map((text) => text.replace(/^ +/, '&ensp;'))),
    ),
    ...(missing.length > 0 ? [missing.map((line) => `- ${line}`).join('\n')] : []),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 || column === 4 ? '---' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
