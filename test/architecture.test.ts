/** The import rules of the house bite: each is broken on purpose in a copy, and the linter must refuse it. */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
let house: string;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'loopus-lint-'));
  cpSync(join(root, '.oxlintrc.json'), join(house, '.oxlintrc.json'));
});

afterAll(() => rmSync(house, { recursive: true }));

/** What the linter says of one file of the house. */
function lint(file: string, source: string): string {
  const path = join(house, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${source}\n`);
  try {
    execFileSync(join(root, 'node_modules/.bin/oxlint'), ['-c', join(house, '.oxlintrc.json'), path], {
      cwd: house,
      encoding: 'utf8',
    });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  } finally {
    rmSync(path);
  }
}

describe('the linter', () => {
  const uses = (from: string) => `import { thing } from '${from}';\nexport const used = thing;`;
  const rows: [string, string, string, string][] = [
    [
      "a feature imports another's inside",
      'src/features/a/verb.ts',
      '../b/queries.ts',
      'only through its index.ts',
    ],
    [
      "routes import another's inside",
      'src/features/a/routes.ts',
      '../b/queries.ts',
      'only through its index.ts',
    ],
    ['routes import the schema', 'src/features/a/routes.ts', '../../schema/posts.ts', 'import no database'],
    ['routes import drizzle', 'src/features/a/routes.ts', 'drizzle-orm', 'import no database'],
    [
      'a view imports the database',
      'src/features/a/view.ts',
      '../../platform/db/client.ts',
      'import no database',
    ],
    ['the platform imports a feature', 'src/platform/a.ts', '../features/b/index.ts', 'knows no feature'],
    ['a feature imports the app', 'src/features/a/verb.ts', '../../app.ts', 'mounted by the app'],
  ];
  it.each(rows)('fails when %s', (_what, file, from, words) => {
    expect(lint(file, uses(from))).toContain(words);
  });

  it('lets the allowed ways through', () => {
    expect(lint('src/features/a/verb.ts', uses('../b/index.ts'))).toBe('');
    expect(lint('src/features/a/queries.ts', uses('../../schema/posts.ts'))).toBe('');
    expect(lint('src/features/a/routes.ts', uses('../../platform/http/endpoint.ts'))).toBe('');
  });

  it('fails on `any` and on a default export', () => {
    expect(lint('src/a.ts', 'export const thing: any = 1;')).toContain('no-explicit-any');
    expect(lint('src/a.ts', 'export default 1;')).toContain('no-default-export');
  });
});

describe('the source', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  }));

  it('imports zod as a namespace: the named import carries every locale (73 KiB gzip)', () => {
    expect(
      files.filter(({ text }) => /import \{[^}]*\bz\b[^}]*\} from 'zod'/.test(text)).map(({ path }) => path),
    ).toEqual([]);
  });

  it('uses of Node only what the Workers runtime gives', () => {
    const given = new Set(['node:crypto', 'node:buffer', 'node:zlib']);
    const used = files
      .filter(({ path }) => !path.endsWith('.test.ts'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/from '(node:[\w/]+)'/g)].map(([, name]) => `${path} ${name}`),
      );
    expect(used.filter((line) => !given.has(line.split(' ')[1] ?? ''))).toEqual([]);
  });

  it('decides Korean days in one file', () => {
    const deciding = files.filter(
      ({ path, text }) => /Asia\/Seoul|9 \* 3600|32400/.test(text) && !path.endsWith('.test.ts'),
    );
    expect(deciding.map(({ path }) => path)).toEqual(['src/platform/korea-time.ts']);
  });

  it('keeps features free of circles', () => {
    const edges = new Map<string, Set<string>>();
    for (const { path, text } of files) {
      const feature = /^src\/features\/([^/]+)\//.exec(path)?.[1];
      if (!feature || path.endsWith('.test.ts')) continue;
      const seen = edges.get(feature) ?? new Set<string>();
      for (const [, other] of text.matchAll(/from '\.\.\/([a-z-]+)\/index\.ts'/g)) if (other) seen.add(other);
      edges.set(feature, seen);
    }
    const circles: string[] = [];
    function walk(feature: string, way: string[]): void {
      if (way.includes(feature)) {
        circles.push([...way.slice(way.indexOf(feature)), feature].join(' → '));
        return;
      }
      for (const next of edges.get(feature) ?? []) walk(next, [...way, feature]);
    }
    for (const feature of edges.keys()) walk(feature, []);
    expect([...new Set(circles)]).toEqual([]);
  });
});
