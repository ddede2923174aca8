import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { spawnGuarded } from './guarded-process.ts';
import { describeProcess, isAlive } from './lock.mjs';

const folder = mkdtempSync(join(tmpdir(), 'loopus-guard-'));
afterAll(() => rmSync(folder, { recursive: true }));

function logFile(name: string): string {
  return join(folder, name);
}

async function waitForWord(path: string, word: string): Promise<void> {
  await vi.waitUntil(() => readFileSync(path, 'utf8').includes(word));
}

it("tells the command's exit code and last lines", async () => {
  const child = spawnGuarded(['sh', '-c', 'seq 1 20; exit 7'], { logFile: logFile('code') });
  expect(await child.ended).toBe(7);
  expect(child.hasEnded()).toBe(true);
  expect(child.readTail().split('\n')).toEqual(Array.from({ length: 15 }, (_, index) => String(index + 6)));
  await child.stop();
});

it('waits for the real end of a command that tidies up first', async () => {
  const script = `process.on('SIGTERM', () => setTimeout(() => { console.log('tidied'); process.exit(3); }, 300)); console.log('up'); setInterval(() => {}, 1000);`;
  const child = spawnGuarded([process.execPath, '-e', script], { logFile: logFile('tidy') });
  await waitForWord(logFile('tidy'), 'up');
  await child.stop();
  expect(await child.ended).toBe(3);
  expect(readFileSync(logFile('tidy'), 'utf8')).toContain('tidied');
});

it('kills a command that does not listen', async () => {
  const script = `process.on('SIGTERM', () => console.log('no')); console.log('up'); setInterval(() => {}, 1000);`;
  const child = spawnGuarded([process.execPath, '-e', script], { logFile: logFile('deaf') });
  await waitForWord(logFile('deaf'), 'up');
  await child.stop(200);
  expect(await child.ended).toBe(137);
});

it('stops what the command has started, too', async () => {
  const child = spawnGuarded(['sh', '-c', 'sleep 1000 & echo "pid $!"; wait'], { logFile: logFile('group') });
  await waitForWord(logFile('group'), 'pid');
  const grandchild = describeProcess(Number(/pid (\d+)/.exec(readFileSync(logFile('group'), 'utf8'))?.[1]));
  expect(isAlive(grandchild)).toBe(true);
  await child.stop();
  await vi.waitUntil(() => !isAlive(grandchild));
});

it('fails when the command does not exist', async () => {
  const child = spawnGuarded(['no-such-command'], { logFile: logFile('missing') });
  expect(await child.ended).toBe(127);
});
