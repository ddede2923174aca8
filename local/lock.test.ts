import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { describeProcess, isAlive, withLock } from './lock.mjs';

const folder = mkdtempSync(join(tmpdir(), 'loopus-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('lets one in at a time, and tells the other that it waits', async () => {
  const path = join(folder, 'one');
  const events: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = withLock(path, async () => {
    events.push('first in');
    await gate.promise;
    events.push('first out');
  });
  const second = withLock(
    path,
    async () => {
      events.push('second in');
    },
    () => {
      events.push('second waits');
      gate.resolve();
    },
  );
  await Promise.all([first, second]);
  expect(events).toEqual(['first in', 'second waits', 'first out', 'second in']);
  expect(existsSync(path)).toBe(false);
});

it('gives the lock back when the work fails', async () => {
  const path = join(folder, 'failing');
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(path, async () => 'in')).toBe('in');
});

it('takes over the lock of a process that is gone', async () => {
  const path = join(folder, 'dead');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
  const description = describeProcess(child.pid!);
  expect(isAlive(description)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(description)).toBe(false);
  writeFileSync(path, description);
  const onWait = vi.fn();
  expect(await withLock(path, async () => 'in', onWait)).toBe('in');
  expect(onWait).not.toHaveBeenCalled();
});

it.runIf(process.platform === 'linux')('knows a process from a later one of the same id', () => {
  expect(isAlive(`${process.pid} 1`)).toBe(false);
  expect(isAlive(describeProcess(process.pid))).toBe(true);
});
