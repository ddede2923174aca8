/** What a bench says in the end: a table for people, JSON for comparisons. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
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

export type Engines = { mysql: string; redis: string };

/** What a file of results/ holds. */
export type Result = {
  bench: string;
  scale: string;
  latency: string;
  startedAt: string;
  seconds: number;
  loadBefore: number[];
  loadAfter: number[];
  commit: string | undefined;
  /** Absent in files of earlier versions. */
  machine?: { cpus: number; model: string; memoryGib: number; node: string } & Engines;
} & Report;

const RESULTS = join(import.meta.dirname, 'results');

/** Prints the table and writes it with everything needed to judge it later. Answers the file. */
export function publish(
  run: Pick<Result, 'bench' | 'scale' | 'latency' | 'loadBefore'> & { startedAt: Date; engines: Engines },
  { rows, missing, details }: Report,
): string {
  mkdirSync(RESULTS, { recursive: true });
  const { startedAt, engines, ...about } = run;
  const time = startedAt.toISOString().replaceAll(/[:.]/g, '-');
  const file = join(RESULTS, `${run.bench}-${run.scale}-${run.latency}-${time}.json`);
  const content: Result = {
    ...about,
    startedAt: startedAt.toISOString(),
    seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
    loadAfter: loadavg(),
    commit: readCommit(),
    machine: { ...describeMachine(), ...engines },
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
    `\nLoad of the machine (${cpus().length} CPUs): ${before.toFixed(1)} before, ${after.toFixed(1)} after. ${relative(process.cwd(), file)}\n`,
  );
  return file;
}

/** The newest run of each bench, scale and latency, in the order of their names. */
export function readNewestResults(): Result[] {
  // Their names end with the time, so the last of a kind is the newest.
  const names = existsSync(RESULTS) ? readdirSync(RESULTS).toSorted() : [];
  const newest = new Map(names.map((name) => [name.replace(/-\d{4}-\d\d-\d\dT.*$/, ''), name]));
  return [...newest.values()].map((name) => JSON.parse(readFileSync(join(RESULTS, name), 'utf8')) as Result);
}

/** The details of the newest run of a bench; undefined when there is none. */
export function readNewestDetails(
  bench: string,
  scale: string,
  latency: string,
): Record<string, unknown> | undefined {
  return readNewestResults().find(
    (result) => result.bench === bench && result.scale === scale && result.latency === latency,
  )?.details;
}

function describeMachine() {
  return {
    cpus: cpus().length,
    model: cpus()[0]?.model.trim() ?? '',
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    node: process.version.slice(1),
  };
}

/** Below 1 is better than promised, for both kinds of budget. */
export function ratioOf({ measured, budget }: Row): number | undefined {
  if (!budget) return undefined;
  const [part, whole] = 'most' in budget ? [measured, budget.most] : [budget.least, measured];
  // Of what may not happen at all, nothing is as promised.
  const ratio = part === whole ? 1 : part / whole;
  return Math.round(ratio * 100) / 100;
}

function formatTable(rows: readonly Row[]): string {
  const table = [['', 'budget', 'measured', 'ratio'], ...rows.map(formatRow)];
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

/** A row as text: what, budget, measured, ratio. */
export function formatRow(row: Row): [what: string, budget: string, measured: string, ratio: string] {
  const { budget } = row;
  const bound = budget === undefined ? '' : 'most' in budget ? `≤ ${budget.most}` : `≥ ${budget.least}`;
  const ratio = ratioOf(row);
  return [
    row.what,
    bound,
    `${formatNumber(row.measured)} ${row.unit}`.trimEnd(),
    ratio === undefined ? '' : `${ratio.toFixed(2)}${ratio > 1 ? ' ✗' : ''}`,
  ];
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
