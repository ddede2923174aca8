import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatEnvFile, readSecrets } from './state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopus-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('readSecrets', () => {
  it('makes them once, for us alone', () => {
    const secrets = readSecrets(folder);
    expect(readSecrets(folder)).toEqual(secrets);
    expect(new Set(Object.values(secrets)).size).toBe(10);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('adds one that an older version did not know', () => {
    const { hmacSecret, ...older } = readSecrets(folder);
    writeFileSync(join(folder, 'secrets.json'), JSON.stringify(older));
    const secrets = readSecrets(folder);
    expect(secrets).toMatchObject(older);
    expect(secrets.hmacSecret).toMatch(/^[0-9a-f]{64}$/);
    expect(secrets.hmacSecret).not.toBe(hmacSecret);
  });
});

describe('formatEnvFile', () => {
  it('quotes values', () => {
    expect(formatEnvFile({ A: 'http://a:b@127.0.0.1:1/x#y', B: '1' })).toBe(
      'A="http://a:b@127.0.0.1:1/x#y"\nB="1"\n',
    );
  });

  it.each(['a"b', 'a\nb', 'a$b', "a'b", 'a\\b'])('refuses what would be read otherwise: %j', (value) => {
    expect(() => formatEnvFile({ NAME: value })).toThrow('NAME');
  });
});
