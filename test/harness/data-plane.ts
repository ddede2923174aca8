/** One data plane for a run, in a state folder that no other run uses: two runs in one checkout must not meet. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startDataPlane, type DataPlane } from '../../local/data-plane.ts';

const STATES = resolve(import.meta.dirname, '../../.local/test');

export type ClaimedDataPlane = DataPlane & { stateDir: string };

/** Starts it in the first free folder; `stop()` gives the folder back. */
export async function claimDataPlane(): Promise<ClaimedDataPlane> {
  const { stateDir, release } = claimStateDir();
  const plane = await startDataPlane({ stateDir });
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
        writeFileSync(mark, String(process.pid), { flag: 'wx' });
        return { stateDir, release: () => rmSync(mark, { force: true }) };
      } catch {
        // Another run was quicker; the next folder is as good.
      }
    }
  }
}

function isHeld(mark: string): boolean {
  try {
    process.kill(Number(readFileSync(mark, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}
