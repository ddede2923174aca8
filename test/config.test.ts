/** wrangler.toml, src/env.ts and the README say the same. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unstable_readConfig as readConfig } from 'wrangler';
import { parseEnv, SETTING_NAMES } from '../src/env.ts';

const root = resolve(import.meta.dirname, '..');
const environments = ['local', 'staging', 'production'] as const;

/** The parts of wrangler's configuration that this project uses. */
type Config = {
  vars: Record<string, string>;
  r2_buckets: { binding: string }[];
  images: { binding: string };
  ratelimits: { name: string; simple: { limit: number; period: number } }[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  migrations: unknown;
  triggers: { crons: string[] };
  placement: unknown;
  limits: unknown;
  observability: unknown;
  compatibility_date: string;
  compatibility_flags: string[];
};

function configOf(env: string): Config {
  return readConfig(
    { config: resolve(root, 'wrangler.toml'), env },
    { hideWarnings: true },
  ) as unknown as Config;
}

/** What must be the same in every environment, with the values that may differ taken out. */
function shapeOf(env: string) {
  const config = configOf(env);
  return {
    vars: Object.keys(config.vars).toSorted(),
    buckets: config.r2_buckets.map(({ binding }) => binding).toSorted(),
    images: config.images.binding,
    limits: config.ratelimits.map(({ name, simple }) => `${name} ${simple.period}`).toSorted(),
    objects: config.durable_objects.bindings
      .map(({ name, class_name }) => `${name} ${class_name}`)
      .toSorted(),
    migrations: config.migrations,
    crons: config.triggers.crons,
    placement: config.placement,
    cpu: config.limits,
    observability: config.observability,
    date: config.compatibility_date,
    flags: config.compatibility_flags,
  };
}

describe('wrangler.toml', () => {
  it.each(environments)('%s has the same bindings, vars and triggers as production', (env) => {
    expect(shapeOf(env)).toEqual(shapeOf('production'));
  });

  it('names only settings that src/env.ts reads', () => {
    const { vars, buckets, limits } = shapeOf('production');
    const named = [...vars, ...buckets, ...limits.map((text) => text.split(' ')[0] ?? '')];
    expect(named.filter((name) => !SETTING_NAMES.includes(name))).toEqual([]);
  });

  it('limits staging and production alike and keeps weak settings local', () => {
    const limitsOf = (env: string) => configOf(env).ratelimits.map(({ name, simple }) => [name, simple]);
    expect(limitsOf('staging')).toEqual(limitsOf('production'));
    for (const env of ['staging', 'production']) {
      expect(configOf(env).vars['CORS_ORIGINS']).not.toContain('*');
      expect(String(configOf(env).vars['PUBLIC_URL'])).toMatch(/^https:/);
    }
  });
});

describe('the configuration', () => {
  it('that is missing is one clear error that names all of it and shows no value', () => {
    const bindings = {
      ENVIRONMENT: 'production',
      HMAC_SECRET: 'short-secret',
      DATABASE_URL: 'ftp://secret-host',
    };
    expect(() => parseEnv(bindings)).toThrow(/DATABASE_URL.*REDIS_URL.*HMAC_SECRET/s);
    try {
      parseEnv(bindings);
    } catch (error) {
      expect(String(error)).not.toContain('secret-host');
      expect(String(error)).not.toContain('short-secret');
    }
  });

  it('stands in the README, setting by setting', () => {
    const readme = readFileSync(resolve(root, 'README.md'), 'utf8');
    expect(SETTING_NAMES.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
