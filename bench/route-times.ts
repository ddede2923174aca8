/** Routes through the whole stack, by one client alone and by many. */
import { join } from 'node:path';
import type { LatencyProfile } from '../local/data-plane.ts';
import type { BenchContext } from './context.ts';
import { describeFault, sendLoad, type LoadResult, type Shot } from './load-loop.ts';
import { percentile } from './percentiles.ts';
import { findProcess, readMachineMs, readProcessorMs, type MachineMs } from './processor-time.ts';
import type { Report, Row } from './report.ts';
import type { RunningWorker } from './worker.ts';

const CLIENTS = [1, 16, 64] as const;
const WARM_UP_SECONDS = 2;
const SECONDS = 6;
/** Promised of an ordinary request. */
const WORKER_MS = 5;

/** Milliseconds at the median for one client alone, and answers a second at whatever number of clients. */
type Budget = { p50?: number; perSecond?: number };

export type Route = { name: string; path: string; shots: Shot[]; budget: Record<LatencyProfile, Budget> };

/** A route that does not answer as it should is told as missing. */
export async function measureRoutes(
  { stateDir, latency, say }: BenchContext,
  worker: RunningWorker,
  routes: readonly Route[],
  report: Report,
): Promise<void> {
  const processes = {
    Worker: findProcess(worker.configFile),
    MySQL: findProcess(`--datadir=${join(stateDir, 'mysql')}`),
    Redis: findProcess(join(stateDir, 'redis')),
  };
  for (const route of routes) {
    say(`${route.name} …`);
    await measureRoute(worker.url, route, route.budget[latency], processes, report);
  }
}

type Processes = Record<string, number | undefined>;

async function measureRoute(
  url: string,
  { name, path, shots }: Route,
  budget: Budget,
  processes: Processes,
  { rows, missing }: Report,
): Promise<void> {
  const warm = await sendLoad({ url, clients: 4, shots, first: 0, seconds: WARM_UP_SECONDS });
  if (warm.latencies.length === 0) {
    missing.push(`${name} is not measured, for ${path} does not work: ${describeFault(warm)}`);
    return;
  }
  let first = warm.sent;
  let most = 0;
  for (const clients of CLIENTS) {
    const before = readProcessorTimes(processes);
    const result = await sendLoad({ url, clients, shots, first, seconds: SECONDS });
    const after = readProcessorTimes(processes);
    first += result.sent;
    const fault = describeFault(result);
    if (fault !== undefined) missing.push(`${name}, ${clients} clients: ${fault}`);
    most = Math.max(most, result.latencies.length / result.seconds);
    rows.push(...describeLatencies(name, clients, result, clients === 1 ? budget.p50 : undefined));
    if (clients === 1) rows.push(...describeProcessorTimes(before, after, result));
  }
  if (budget.perSecond === undefined) return;
  rows.push({
    what: `${name}: most answers`,
    measured: most,
    unit: '/s',
    budget: { least: budget.perSecond },
  });
}

function describeLatencies(
  name: string,
  clients: number,
  { latencies, seconds }: LoadResult,
  promised: number | undefined,
): Row[] {
  return [
    {
      what: `${name}, ${clients} ${clients === 1 ? 'client' : 'clients'}: p50`,
      measured: percentile(latencies, 0.5),
      unit: 'ms',
      ...(promised !== undefined && { budget: { most: promised } }),
    },
    { what: '  p95', measured: percentile(latencies, 0.95), unit: 'ms' },
    { what: '  p99', measured: percentile(latencies, 0.99), unit: 'ms' },
    { what: '  answers', measured: latencies.length / seconds, unit: '/s' },
  ];
}

/** Milliseconds so far. `machine` is undefined where it cannot be told. */
type ProcessorTimes = { programs: Record<string, number>; machine: MachineMs | undefined };

function describeProcessorTimes(
  before: ProcessorTimes,
  after: ProcessorTimes,
  { latencies, processorMs }: LoadResult,
): Row[] {
  const spent = Object.entries(after.programs).map(
    ([program, ms]) => [program, ms - (before.programs[program] ?? 0)] as const,
  );
  const rows: Row[] = spent.map(([program, ms]) => ({
    what: `  processor time of ${program} a request`,
    measured: ms / latencies.length,
    unit: 'ms',
    ...(program === 'Worker' && { budget: { most: WORKER_MS } }),
  }));
  if (!before.machine || !after.machine) return rows;
  const ours = spent.reduce((sum, [, ms]) => sum + ms, processorMs);
  const busy = after.machine.busy - before.machine.busy;
  const share = (busy - ours) / (after.machine.all - before.machine.all);
  rows.push({ what: '  of the machine was taken by others', measured: Math.max(0, share * 100), unit: '%' });
  return rows;
}

function readProcessorTimes(processes: Processes): ProcessorTimes {
  const programs: Record<string, number> = {};
  for (const [program, id] of Object.entries(processes)) {
    if (id !== undefined) programs[program] = readProcessorMs(id);
  }
  const { user, system } = process.cpuUsage();
  programs['the gateways'] = (user + system) / 1000;
  return { programs, machine: readMachineMs() };
}
