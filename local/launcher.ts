/** Who started us, to stop when they are gone: `npm start` may be killed without a word to its script. */
import { readFileSync } from 'node:fs';
import { describeProcess, isAlive, readStat } from './lock.mjs';

const LOOK_EVERY_MS = 1000;

/**
 * Calls `onGone` once npm (or the shell it runs its script in) has ended. Does nothing when it was not npm that
 * started us. Where there is no /proc, only our direct parent is watched.
 */
export function watchLauncher(onGone: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const launchers = [process.ppid, findParentOfShell(process.ppid)]
    .filter((processId) => processId !== undefined)
    .map(describeProcess);
  const timer = setInterval(() => {
    if (launchers.every(isAlive)) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** The parent of `processId` when that is a shell run by npm: npm itself. */
function findParentOfShell(processId: number): number | undefined {
  try {
    const [, flag] = readFileSync(`/proc/${processId}/cmdline`, 'utf8').split('\0');
    if (flag !== '-c') return undefined;
    return readStat(processId)?.[1];
  } catch {
    return undefined;
  }
}
