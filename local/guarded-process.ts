/** Child processes that never outlive us, not even when we are killed outright. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { buildGuardScript } from './guard.mjs';

const TAIL_LINES = 15;

export type GuardedProcess = {
  /** Resolves with the exit code (128 + signal when killed) once the process has ended. */
  ended: Promise<number>;
  hasEnded(): boolean;
  /** What it has written to the log, without colours. */
  readLog(): string;
  /** The last lines of that. */
  readTail(): string;
  /** Asks it to end (SIGTERM to its whole group), waits, and kills it after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** Kills the whole group outright, as a crash would, and waits. */
  kill(): Promise<void>;
};

/**
 * Starts `command` in a process group of its own (so that Ctrl-C in the terminal reaches only us, who then stop things
 * in order), output appended to `logFile`.
 */
export function spawnGuarded(
  command: readonly string[],
  options: {
    logFile: string;
    cwd?: string;
    env?: Record<string, string | undefined>;
    owner?: { uid: number; gid: number } | undefined;
  },
): GuardedProcess {
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', buildGuardScript('TERM'), 'guard', ...command], {
    detached: true,
    stdio: ['pipe', log, log],
    cwd: options.cwd,
    env: options.env ?? process.env,
    ...options.owner,
  });
  closeSync(log);
  let hasEnded = false;
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      hasEnded = true;
      child.stdin?.destroy();
      resolve(code ?? (signal === 'SIGKILL' ? 137 : 143));
    });
  });
  ended.catch(() => {
    hasEnded = true;
  });

  function readLog(): string {
    return stripVTControlCharacters(readFileSync(options.logFile, 'utf8'));
  }

  function signalGroup(signal: NodeJS.Signals): void {
    if (hasEnded || child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It ended in this very moment.
    }
  }

  return {
    ended,
    hasEnded: () => hasEnded,
    readLog,
    readTail: () => readLog().trimEnd().split('\n').slice(-TAIL_LINES).join('\n'),
    async stop(graceMs = 20_000) {
      signalGroup('SIGTERM');
      const kill = setTimeout(() => signalGroup('SIGKILL'), graceMs);
      await ended.catch(() => undefined);
      clearTimeout(kill);
    },
    async kill() {
      signalGroup('SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}
