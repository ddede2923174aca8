/** Processor time of other processes: what a request costs, whatever else the machine does meanwhile. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux tells processor time in hundredths of a second, everywhere. */
const TICK_MS = 10;

/** The process that holds `text` in its command line and started none itself that does; undefined when none is found. */
export function findProcess(text: string): number | undefined {
  const found = listProcesses().filter((id) => readText(`/proc/${id}/cmdline`).includes(text));
  const parents = new Set(found.map((id) => Number(readFields(id)[1])));
  return found.find((id) => !parents.has(id) && id !== process.pid);
}

/** Milliseconds of user and system time so far. */
export function readProcessorMs(processId: number): number {
  const fields = readFields(processId);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** `all`: what all processors together could have done; `busy`: what they did, for whomever. */
export type MachineMs = { busy: number; all: number };

/** Milliseconds since the machine started; undefined where it cannot be told. */
export function readMachineMs(): MachineMs | undefined {
  // user, nice, system, idle, waiting for disks, …; the guests' times after the eighth are in the first two.
  const times = readText('/proc/stat').split('\n')[0]?.split(/\s+/).slice(1, 9).map(Number) ?? [];
  if (times.length < 8) return undefined;
  const all = times.reduce((sum, time) => sum + time, 0);
  const idle = (times[3] ?? 0) + (times[4] ?? 0);
  return { busy: (all - idle) * TICK_MS, all: all * TICK_MS };
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** The fields of /proc/<id>/stat after the name, which may hold spaces: state, parent, … */
function readFields(processId: number): string[] {
  const stat = readText(`/proc/${processId}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
