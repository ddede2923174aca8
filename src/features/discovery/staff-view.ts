import type * as z from 'zod';
import { isOutcome, type Dropped, type Outcome } from './source.ts';
import type { DiscoveryRun, DiscoveryRunDetail, DiscoveryVisit } from './staff-schemas.ts';

type Counts = Partial<Record<Outcome, number>>;

type RunRow = {
  day: string;
  startedAt: Date;
  plan: Record<
    string,
    { hot: number; rotated: number; leftOver: number; isConfigured: boolean; rotatedTo: string | null }
  >;
};

type SumRow = {
  source: string;
  outcome: string | null;
  visits: number;
  begun: number;
  deferrals: number;
  partial: number;
  stored: number;
  known: number;
  dropped: Dropped;
  completions: Counts;
  lastFinishedAt: Date | null;
};

type HostRow = {
  host: string;
  nextAt: Date;
  failures: number;
  openUntil: Date | null;
  robotsState: 'rules' | 'none' | 'unreachable' | 'unverified' | null;
  robotsText: string | null;
  robotsReadAt: Date | null;
};

type VisitRow = Omit<
  z.input<typeof DiscoveryVisit>,
  'outcome' | 'dropped' | 'completions' | 'finishedAt' | 'tag'
> & {
  tag: { id: string; name: string | null };
  outcome: string | null;
  dropped: Record<string, number> | null;
  completions: Record<string, number> | null;
  finishedAt: Date | null;
};

export function toDiscoveryRun({
  run,
  progress,
}: {
  run: RunRow;
  progress: { planned: number; done: number } | undefined;
}): z.input<typeof DiscoveryRun> {
  return {
    day: run.day,
    startedAt: run.startedAt.toISOString(),
    planned: progress?.planned ?? 0,
    done: progress?.done ?? 0,
    plans: sourcesOf(run).flatMap((source) => toPlan(run, source)),
  };
}

function sourcesOf({ plan }: RunRow): string[] {
  return Object.keys(plan).toSorted();
}

function toPlan({ plan }: RunRow, source: string) {
  const one = plan[source];
  if (!one) return [];
  const { isConfigured, hot, rotated, leftOver } = one;
  return [{ source, isConfigured, hot, rotated, leftOver }];
}

export function toDiscoveryRunDetail({
  run,
  sums,
  hosts,
  quotas,
}: {
  run: RunRow;
  sums: SumRow[];
  hosts: HostRow[];
  quotas: z.input<typeof DiscoveryRunDetail>['quotas'];
}): z.input<typeof DiscoveryRunDetail> {
  return {
    day: run.day,
    startedAt: run.startedAt.toISOString(),
    sources: sourcesOf(run).flatMap((source) =>
      toPlan(run, source).map((plan) => ({
        ...plan,
        problem: plan.isConfigured ? null : ('config_error' as const),
        ...addUp(sums.filter((row) => row.source === source)),
      })),
    ),
    hosts: hosts.map(toHost),
    quotas,
  };
}

function addUp(rows: readonly SumRow[]) {
  const total = (read: (row: SumRow) => number) => rows.reduce((sum, row) => sum + read(row), 0);
  const isOpen = (row: SumRow) => row.outcome === null;
  const finished = rows.flatMap(({ lastFinishedAt }) => lastFinishedAt ?? []).toSorted((a, b) => +a - +b);
  return {
    planned: total(({ visits }) => visits),
    done: total((row) => (isOpen(row) ? 0 : row.visits)),
    waiting: total((row) => (isOpen(row) ? row.visits - row.begun : 0)),
    begun: total((row) => (isOpen(row) ? row.begun : 0)),
    deferrals: total(({ deferrals }) => deferrals),
    outcomes: rows.flatMap(({ outcome, visits }) => (isOutcome(outcome) ? [{ outcome, visits }] : [])),
    partial: total(({ partial }) => partial),
    stored: total(({ stored }) => stored),
    known: total(({ known }) => known),
    dropped: addCounts(rows.map(({ dropped }) => dropped)),
    completions: addCounts(rows.map(({ completions }) => completions)),
    lastFinishedAt: finished.at(-1)?.toISOString() ?? null,
  };
}

function addCounts<K extends string>(
  counts: readonly Partial<Record<K, number>>[],
): Partial<Record<K, number>> {
  const sum: Partial<Record<K, number>> = {};
  for (const one of counts) {
    for (const key of Object.keys(one) as K[]) sum[key] = (sum[key] ?? 0) + (one[key] ?? 0);
  }
  return sum;
}

function toHost({ host, nextAt, failures, openUntil, robotsState, robotsText, robotsReadAt }: HostRow) {
  return {
    host,
    robots:
      robotsState && robotsReadAt
        ? { state: robotsState, text: robotsText, readAt: robotsReadAt.toISOString() }
        : null,
    failures,
    openUntil: openUntil?.toISOString() ?? null,
    nextAt: nextAt.toISOString(),
  };
}

export function toDiscoveryVisit(row: VisitRow): z.input<typeof DiscoveryVisit> {
  return {
    ...row,
    outcome: isOutcome(row.outcome) ? row.outcome : null,
    dropped: row.dropped ?? {},
    completions: row.completions ?? {},
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
