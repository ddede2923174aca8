/** One holder at a time, across processes and checkouts. Plain JavaScript: setup.mjs uses it before anything is installed. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `act` while holding the lock file `path`. A lock whose process is gone is taken over.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} act
 * @param {(() => void) | undefined} [onWait] called once when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(path, act, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  let hasWaited = false;
  while (!tryLock(path)) {
    if (!hasWaited) onWait?.();
    hasWaited = true;
    await sleep(200);
  }
  try {
    return await act();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Written whole, then linked into place (which fails when it exists), so that nobody reads half a name. */
function tryLock(path) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, describeProcess(process.pid));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const holder = readHolder(path);
  if (holder === undefined || isAlive(holder)) return false;
  takeAway(path, holder);
  return tryLock(path);
}

/** Moves a dead process's lock aside. Should a new holder have come in between, it gets its lock back. */
function takeAway(path, deadHolder) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readHolder(aside) === deadHolder) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

function readHolder(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * A running process by its id and, where /proc tells it, its start time: after a restart of the machine the same id is
 * somebody else.
 */
export function describeProcess(processId) {
  const [, , startTime] = readStat(processId) ?? [];
  return startTime === undefined ? String(processId) : `${processId} ${startTime}`;
}

/** Whether the process of a description made by describeProcess still runs. */
export function isAlive(description) {
  const processId = Number.parseInt(description, 10);
  try {
    process.kill(processId, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  // A dead process whose parent has not asked for its exit code keeps its id.
  const [state] = readStat(processId) ?? [];
  return state !== 'Z' && describeProcess(processId) === description;
}

/**
 * State, parent and start time of a process out of /proc; undefined where there is none.
 * @returns {[state: string, parent: number, startTime: string] | undefined}
 */
export function readStat(processId) {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    // The name of the program, in brackets, may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [fields[0], Number(fields[1]), fields[19]];
  } catch {
    return undefined;
  }
}
