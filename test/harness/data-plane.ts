/** One data plane for a run, in a state folder that no other run uses: two runs in one checkout must not meet. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startDataPlane, type DataPlane } from '../../local/data-plane.ts';
import { findStateDirectory } from '../../local/engines/places.ts';
import { describeProcess, isAlive } from '../../local/lock.mjs';

const STATES = join(findStateDirectory(resolve(import.meta.dirname, '../..')), 'test');

export type ClaimedDataPlane = DataPlane & { stateDir: string };

/** Starts it in the first free folder; `stop()` gives the folder back. */
export async function claimDataPlane(): Promise<ClaimedDataPlane> {
  const { stateDir, release } = claimStateDir();
  const plane = await startDataPlane({ stateDir, log: (line) => process.stderr.write(`${line}\n`) });
  return {
    ...plane,
    stateDir,
    async stop() {
      await plane.stop();
      release();
    },
  };
}

function claimStateDir(): { stateDir: string; release(): void } {
  for (let slot = 1; ; slot += 1) {
    const stateDir = join(STATES, String(slot));
    const mark = join(stateDir, 'run.pid');
    mkdirSync(stateDir, { recursive: true });
    if (!isHeld(mark)) {
      rmSync(mark, { force: true });
      try {
        writeFileSync(mark, describeProcess(process.pid), { flag: 'wx' });
        return { stateDir, release: () => rmSync(mark, { force: true }) };
      } catch {
        // Another run was quicker; the next folder is as good.
      }
    }
  }
}

function isHeld(mark: string): boolean {
  try {
    return isAlive(readFileSync(mark, 'utf8'));
  } catch {
    return false;
  }
}
