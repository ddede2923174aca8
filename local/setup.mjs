/**
 * Runs before `npm start` and `npm test`: makes node_modules what package-lock.json says, the pinned Node included.
 * Plain JavaScript, because the Node that runs it is the machine's own (20 or later) and nothing is installed yet.
 */
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGuardScript } from './guard.mjs';
import { isInstalled, NODE_PACKAGES } from './installed.mjs';
import { withLock } from './lock.mjs';

const checkout = resolve(fileURLToPath(new URL('.', import.meta.url)), '..');
const modules = join(checkout, 'node_modules');

try {
  await setUp();
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}

async function setUp() {
  if (Number.parseInt(process.versions.node, 10) < 20) {
    throw new Error(`Node 20 이상이 필요합니다. / Node 20 or later is needed; this is ${process.version}.`);
  }
  if (isFresh()) return;
  await withLock(
    join(checkout, '.local', 'setup.lock'),
    async () => {
      if (!isFresh()) await install();
    },
    () => say('다른 설치가 끝나기를 기다립니다 … / Waiting for another set-up in this checkout …'),
  );
}

function isFresh() {
  return isPackagesFresh() && isNodeLinked();
}

async function install() {
  if (!isPackagesFresh()) {
    say('패키지를 설치합니다(처음에는 1분쯤) … / Installing packages (about a minute the first time) …');
    const started = Date.now();
    const ticker = setInterval(() => say(`  … ${Math.round((Date.now() - started) / 1000)} s`), 5000);
    try {
      await runNpmCi();
    } finally {
      clearInterval(ticker);
    }
  }
  linkNode();
  if (!isFresh())
    throw new Error(
      'npm ci가 package-lock.json대로 설치하지 못했습니다. / npm ci did not install what package-lock.json says.',
    );
}

function isPackagesFresh() {
  const wanted = readJson(join(checkout, 'package-lock.json'));
  const present = readJson(join(modules, '.package-lock.json'));
  return wanted !== undefined && present !== undefined && isInstalled(wanted, present);
}

async function runNpmCi() {
  // The settings of a production machine (NODE_ENV, omit) must not leave the tools out.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const command = npm?.endsWith('.js') ? [process.execPath, npm, ...args] : ['npm', ...args];
  const child =
    process.platform === 'win32'
      ? spawn(command.join(' '), { cwd: checkout, stdio: 'inherit', shell: true })
      : // Without us it would still be at work in node_modules when the next set-up begins; it goes on after a SIGTERM.
        spawn('/bin/sh', ['-c', buildGuardScript('KILL'), 'guard', ...command], {
          cwd: checkout,
          stdio: ['pipe', 'inherit', 'inherit'],
          detached: true,
        });
  const code = await new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0)
    throw new Error(`npm ci가 실패했습니다. / npm ci failed (exit ${code}); see its words above.`);
}

/** npm 10, which comes with Node 20, installs the pinned Node without its entry in node_modules/.bin. */
function linkNode() {
  const target = findPinnedNode();
  if (isNodeLinked() || target === undefined) return;
  const link = join(modules, '.bin', 'node');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target, link);
}

function isNodeLinked() {
  if (process.platform === 'win32' || findPinnedNode() === undefined) return true;
  return existsSync(join(modules, '.bin', 'node'));
}

/** Path of the pinned Node relative to node_modules/.bin, or undefined on a platform that has none: there the machine's Node is used. */
function findPinnedNode() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  return name && lstatSync(join(modules, name, 'bin', 'node'), { throwIfNoEntry: false })
    ? join('..', name, 'bin', 'node')
    : undefined;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
