/** Where the engines keep what they download and what they store. */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Debian's `nobody`: who runs the engines when we are root. */
const UNPRIVILEGED_ID = 65534;

/** sockaddr_un holds 108 bytes on Linux, 104 on macOS, the closing zero included. */
const LONGEST_SOCKET_PATH = 100;

/** User and group for an engine's process: `nobody` when we are root, nothing to change otherwise. */
export function readEngineOwner(): { uid: number; gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : undefined;
}

/**
 * The folder shared by all checkouts of this user for downloaded engines: `LOOPUS_CACHE_DIR`, else for root
 * `/var/cache/loopus` (the engines run as `nobody`, who cannot enter `/root`), else `~/.cache/loopus`.
 */
export function findCacheDirectory(): string {
  const chosen = process.env.LOOPUS_CACHE_DIR;
  if (chosen) return resolve(chosen);
  if (readEngineOwner()) return '/var/cache/loopus';
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'loopus');
}

/**
 * The folder of one checkout for its databases, secrets and logs: `.local` in the checkout; when the engines' user
 * cannot reach that (a checkout below `/root`), `/var/lib/loopus/<hash of the checkout's path>`.
 */
export function findStateDirectory(checkout: string): string {
  if (!readEngineOwner() || isReachableByAll(checkout)) return join(checkout, '.local');
  return join('/var/lib/loopus', shortHash(checkout));
}

/** Makes a folder that only the engines' user may enter, with the folders above it open to pass through. */
export function makeEngineDirectory(path: string): void {
  mkdirSync(path, { recursive: true });
  const owner = readEngineOwner();
  if (owner) {
    if (!isReachableByAll(dirname(path))) {
      throw new Error(`The database engines run as user ${owner.uid}, who cannot enter ${dirname(path)}.`);
    }
    chownSync(path, owner.uid, owner.gid);
  }
  chmodSync(path, 0o700);
}

/** A path for a unix socket named `name`: in `directory`, or where that is too long for a socket, in a new temporary folder. */
export function chooseSocketPath(directory: string, name: string): string {
  const path = join(directory, name);
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  const temporary = mkdtempSync(join(tmpdir(), 'loopus-'));
  makeEngineDirectory(temporary);
  return join(temporary, name);
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Whether every folder from the root down to `path` lets anybody pass through. */
function isReachableByAll(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
