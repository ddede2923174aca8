/** What a bench says in the end: a table for people, JSON for comparisons. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, relative } from 'node:path';

export type Unit = 'ms' | '/s' | 'KiB' | 's' | '%' | '';

export type Row = {
  what: string;
  measured: number;
  unit: Unit;
  /** Absent: nothing was promised. */
  budget?: { most: number } | { least: number };
};

export type Report = {
  rows: Row[];
  /** What was not measured, and answers that were not as they should be. */
  missing: string[];
  /** For the file alone. */
  details: Record<string, unknown>;
};

const RESULTS = join(import.meta.dirname, 'results');

/** Prints the table and writes it with everything needed to judge it later. Answers the file. */
export function publish(
  run: { bench: string; scale: string; latency: string; startedAt: Date; loadBefore: number[] },
  { rows, missing, details }: Report,
): string {
  mkdirSync(RESULTS, { recursive: true });
  const { startedAt, ...about } = run;
  const time = startedAt.toISOString().replaceAll(/[:.]/g, '-');
  const file = join(RESULTS, `${run.bench}-${run.scale}-${run.latency}-${time}.json`);
  const content = {
    ...about,
    startedAt,
    seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
    loadAfter: loadavg(),
    cpus: cpus().length,
    commit: readCommit(),
    rows: rows.map((row) => ({ ...row, ratio: ratioOf(row) })),
    missing,
    details,
  };
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  process.stdout.write(`\n${formatTable(rows)}\n`);
  for (const line of missing) process.stdout.write(`! ${line}\n`);
  const [before = 0] = run.loadBefore;
  const [after = 0] = content.loadAfter;
  process.stdout.write(
    `\nLoad of the machine (${content.cpus} CPUs): ${before.toFixed(1)} before, ${after.toFixed(1)} after. ${relative(process.cwd(), file)}\n`,
  );
  return file;
}

/** The details of the newest run of a bench; undefined when there is none. */
export function readNewestDetails(
  bench: string,
  scale: string,
  latency: string,
): Record<string, unknown> | undefined {
  const prefix = `${bench}-${scale}-${latency}-`;
  const names = existsSync(RESULTS) ? readdirSync(RESULTS).filter((name) => name.startsWith(prefix)) : [];
  // Their names end with the time, so the last is the newest.
  const newest = names.toSorted().at(-1);
  if (newest === undefined) return undefined;
  return (JSON.parse(readFileSync(join(RESULTS, newest), 'utf8')) as Pick<Report, 'details'>).details;
}

/** Below 1 is better than promised, for both kinds of budget. */
function ratioOf({ measured, budget }: Row): number | undefined {
  if (!budget) return undefined;
  const [part, whole] = 'most' in budget ? [measured, budget.most] : [budget.least, measured];
  // Of what may not happen at all, nothing is as promised.
  const ratio = part === whole ? 1 : part / whole;
  return Math.round(ratio * 100) / 100;
}

function formatTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { budget } = row;
    const bound = budget === undefined ? '' : 'most' in budget ? `≤ ${budget.most}` : `≥ ${budget.least}`;
    const ratio = ratioOf(row);
    return [
      row.what,
      bound,
      `${formatNumber(row.measured)} ${row.unit}`.trimEnd(),
      ratio === undefined ? '' : `${ratio.toFixed(2)}${ratio > 1 ? ' ✗' : ''}`,
    ];
  });
  const table = [['', 'budget', 'measured', 'ratio'], ...lines];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((text, column) =>
          column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function formatNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 10 ? 1 : 2);
}

function readCommit(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
