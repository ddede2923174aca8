/** What `npm start` leaves for commands beside it: the configuration its Worker runs with. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { findStateDirectory } from '../engines/places.ts';

const CHECKOUT = resolve(import.meta.dirname, '../..');

/** Throws, in words for the terminal, when `npm start` has not run here. */
export function readLocalEdition(): Record<string, string | undefined> {
  const path = join(findStateDirectory(CHECKOUT), 'start/worker/env');
  if (!existsSync(path)) {
    throw new Error('먼저 npm start를 실행해 주세요. / Run npm start first, and leave it running.');
  }
  return parseEnv(readFileSync(path, 'utf8'));
}

/** Runs a command and tells its failure in one line. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
