/** Secrets of the local edition: made once, kept in the state folder, different on every machine. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Secrets = {
  hmacSecret: string;
  redisToken: string;
  qstashToken: string;
  qstashCurrentSigningKey: string;
  qstashNextSigningKey: string;
  meiliKey: string;
  youtubeApiKey: string;
  naverClientId: string;
  naverClientSecret: string;
  kakaoRestKey: string;
};

/** Reads the secrets of `stateDir`; makes those that are not there yet. The folder must exist. */
export function readSecrets(stateDir: string): Secrets {
  const path = join(stateDir, 'secrets.json');
  const known = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Partial<Secrets>) : {};
  const secrets: Secrets = {
    hmacSecret: known.hmacSecret ?? makeSecret(),
    redisToken: known.redisToken ?? makeSecret(),
    qstashToken: known.qstashToken ?? makeSecret(),
    qstashCurrentSigningKey: known.qstashCurrentSigningKey ?? `sig_${makeSecret()}`,
    qstashNextSigningKey: known.qstashNextSigningKey ?? `sig_${makeSecret()}`,
    meiliKey: known.meiliKey ?? makeSecret(),
    youtubeApiKey: known.youtubeApiKey ?? makeSecret(),
    naverClientId: known.naverClientId ?? makeSecret(),
    naverClientSecret: known.naverClientSecret ?? makeSecret(),
    kakaoRestKey: known.kakaoRestKey ?? makeSecret(),
  };
  writePrivately(path, `${JSON.stringify(secrets, undefined, 2)}\n`);
  return secrets;
}

/** Writes a file that only we may read, whole or not at all. */
export function writePrivately(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

/** Settings as an env file for wrangler. Values must be free of quotes, line ends and `$` (URLs and hex are). */
export function formatEnvFile(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => {
      if (/["'\n\r$\\]/.test(value)) throw new Error(`The value of ${name} cannot stand in an env file.`);
      return `${name}="${value}"\n`;
    })
    .join('');
}

function makeSecret(): string {
  return randomBytes(32).toString('hex');
}
