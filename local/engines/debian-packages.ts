/**
 * Debian packages downloaded and unpacked into a folder of our own: nothing is installed, no service is started, no
 * root is needed. apt checks the archive's signature and every package's hash; an interrupted download goes on.
 */
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { buildGuardScript } from '../guard.mjs';
import { withLock } from '../lock.mjs';
import {
  chooseDebianSource,
  parseDeb822Sources,
  parseOneLineSources,
  type AptSource,
} from './apt-sources.ts';

const run = promisify(execFile);
const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Settings of the machine's apt that decide how to reach a mirror; all others are ours. */
const KEPT_APT_SETTINGS = /^Acquire::(?:https?|Retries|ForceIPv[46]|Proxy\w*|Check-[\w-]+|Queue-Mode)\b/i;

/** Dependencies that only maintainer scripts and command-line helpers need; the servers run without them. */
const UNNEEDED_PACKAGE = /^(?:perl|libperl|libgdbm|libdb5|gcc-\d+-base|debconf|adduser|passwd|.*gconv)/;

export type UnpackedPackages = {
  root: string;
  /** The command line that runs a program of the folder with the folder's own loader and libraries. */
  command(program: string): Promise<string[]>;
};

/** Why Debian packages cannot be used here, or undefined when they can. */
export async function explainNoDebian(): Promise<string | undefined> {
  const release = await readRelease();
  if (release.ID !== 'debian') return 'this is not Debian';
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb'))
    return 'apt-get and dpkg-deb are missing';
  const source = await findSource(release.VERSION_CODENAME ?? '');
  return source ? undefined : 'the apt sources of this machine name no Debian mirror';
}

/**
 * Makes sure `packages` of a Debian suite (`own`: the machine's) lie unpacked in `cacheDir/name`, downloading them
 * with all they depend on the first time. Several processes may ask at once. Rejects with apt's own words.
 */
export async function unpackDebianPackages(options: {
  name: string;
  suite: 'own' | 'sid';
  packages: string[];
  cacheDir: string;
  log(line: string): void;
}): Promise<UnpackedPackages> {
  const release = await readRelease();
  const codename = release.VERSION_CODENAME ?? '';
  const suite = options.suite === 'own' ? codename : options.suite;
  const folder = join(options.cacheDir, `${options.name}-${suite}-${process.arch}`);
  const root = join(folder, 'root');
  if (!existsSync(root)) {
    await mkdir(folder, { recursive: true });
    await Promise.all([options.cacheDir, folder].map((path) => chmod(path, 0o755)));
    await withLock(
      join(folder, 'lock'),
      async () => {
        if (!existsSync(root)) await fill(folder, suite, await findSource(codename), options);
      },
      () => options.log(`${options.name}: 다른 설치를 기다립니다 … / waiting for another set-up …`),
    );
  }
  return { root, command: (program) => buildCommand(root, program) };
}

async function fill(
  folder: string,
  suite: string,
  source: AptSource | undefined,
  options: { name: string; packages: string[]; log(line: string): void },
): Promise<void> {
  if (!source) throw new Error('The apt sources of this machine name no Debian mirror.');
  const apt = join(folder, 'apt');
  await writeAptFolder(apt, suite, source);
  options.log(`${options.name}: Debian ${suite} 패키지 목록 … / package list of Debian ${suite} …`);
  await runApt(apt, ['update'], () => undefined);
  let announced = -1;
  await runApt(
    apt,
    ['-y', '--no-install-recommends', '--download-only', 'install', ...options.packages],
    (percent) => {
      const quarter = Math.floor(percent / 25) * 25;
      if (quarter <= announced) return;
      announced = quarter;
      options.log(`${options.name}: 내려받기 / downloading … ${quarter} %`);
    },
  );
  options.log(`${options.name}: 압축 풀기 / unpacking …`);
  const partial = join(folder, 'root.partial');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const archives = join(apt, 'cache/archives');
  for (const file of await readdir(archives)) {
    if (!file.endsWith('.deb') || UNNEEDED_PACKAGE.test(file)) continue;
    await run('dpkg-deb', ['-x', join(archives, file), partial]);
  }
  await chmod(partial, 0o755);
  await rename(partial, join(folder, 'root'));
  await rm(apt, { recursive: true, force: true });
}

/** An apt of our own: own lists, own empty package database, none of the machine's hooks and preferences. */
async function writeAptFolder(apt: string, suite: string, source: AptSource): Promise<void> {
  for (const name of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(apt, name), { recursive: true });
  const keyring = existsSync(DEBIAN_KEYRING) ? DEBIAN_KEYRING : source.signedBy;
  await writeFile(
    join(apt, 'sources.list'),
    `deb ${keyring ? `[signed-by=${keyring}] ` : ''}${source.uri} ${suite} main\n`,
  );
  await writeFile(join(apt, 'status'), '');
  const { stdout: architecture } = await run('dpkg', ['--print-architecture']);
  const { stdout: settings } = await run('apt-config', ['dump', 'Acquire']);
  const lines = [
    ...settings.split('\n').filter((line) => KEPT_APT_SETTINGS.test(line)),
    'Dir::Etc::main "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    `Dir::Etc::sourcelist "${apt}/sources.list";`,
    'Dir::Etc::sourceparts "/dev/null";',
    'Dir::Etc::preferences "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    `Dir::State "${apt}";`,
    `Dir::State::lists "${apt}/lists";`,
    `Dir::State::status "${apt}/status";`,
    `Dir::Cache "${apt}/cache";`,
    `APT::Architectures { "${architecture.trim()}"; };`,
    // The download user of apt could not write below a private folder.
    'APT::Sandbox::User "";',
    'APT::Install-Recommends "false";',
    'Acquire::Languages "none";',
    'Acquire::PDiffs "false";',
    'Acquire::Retries "3";',
  ];
  await writeFile(join(apt, 'apt.conf'), `${lines.join('\n')}\n`);
}

/** Runs apt-get with the settings of `apt`, telling the percentage of the download. It does not outlive us. */
async function runApt(apt: string, args: string[], onPercent: (percent: number) => void): Promise<void> {
  const command = ['apt-get', '-q', '-o', 'APT::Status-Fd=3', '-o', 'APT::Update::Error-Mode=any', ...args];
  const child = spawn('/bin/sh', ['-c', buildGuardScript('TERM'), 'guard', ...command], {
    env: {
      ...process.env,
      APT_CONFIG: join(apt, 'apt.conf'),
      DEBIAN_FRONTEND: 'noninteractive',
      LC_ALL: 'C',
    },
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  const status = child.stdio[3] as NodeJS.ReadableStream;
  createInterface({ input: status }).on('line', (line) => {
    const match = /^dlstatus:[^:]*:([\d.]+):/.exec(line);
    if (match) onPercent(Number(match[1]));
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new Error(
    `Debian 패키지를 내려받지 못했습니다. / Debian packages could not be downloaded.\n${complaint.trim()}`,
  );
}

async function buildCommand(root: string, program: string): Promise<string[]> {
  const libraries: string[] = [];
  let loader: string | undefined;
  for (const base of ['usr/lib', 'lib', 'usr/lib64', 'lib64']) {
    const folder = join(root, base);
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      if (name.endsWith('-linux-gnu')) libraries.push(join(folder, name));
      if (/^ld-linux-.*\.so\.\d+$/.test(name)) loader ??= join(folder, name);
    }
  }
  if (!loader) throw new Error(`No program loader in ${root}; remove that folder and start again.`);
  return [loader, '--library-path', libraries.join(':'), join(root, program)];
}

async function findSource(codename: string): Promise<AptSource | undefined> {
  const sources: AptSource[] = parseOneLineSources(await readText('/etc/apt/sources.list'));
  const folder = '/etc/apt/sources.list.d';
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const text = await readText(join(folder, name));
    if (name.endsWith('.sources')) sources.push(...parseDeb822Sources(text));
    if (name.endsWith('.list')) sources.push(...parseOneLineSources(text));
  }
  return chooseDebianSource(sources, codename);
}

async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}

async function readRelease(): Promise<Record<string, string | undefined>> {
  const pairs = (await readText('/etc/os-release'))
    .split('\n')
    .map((line) => /^(\w+)="?([^"]*)"?$/.exec(line))
    .map((match) => [match?.[1] ?? '', match?.[2] ?? '']);
  return Object.fromEntries(pairs) as Record<string, string | undefined>;
}
