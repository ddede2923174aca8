/** What the guides name is there: routes, error codes and their statuses, fields; and both languages say the same. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../src/platform/errors.ts';
import { namedRoutes, quotedWords, readGuide, readGuides, shellLines } from './harness/guides.ts';

const ROOT = resolve(import.meta.dirname, '..');
const KOREAN = readGuide('docs/api-guide.ko.md');
const ENGLISH = readGuide('docs/api-guide.en.md');

const openApi = readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8');
const { paths } = JSON.parse(openApi) as { paths: Record<string, Record<string, unknown>> };

/** Routes that are pages, and doors of others. */
const OTHERS = new Set(['GET /docs', 'GET /docs/errors', 'GET /openapi.json']);

function isRoute({ method, path }: { method: string; path: string }): boolean {
  const parts = path.split('/');
  return Object.entries(paths).some(([pattern, methods]) => {
    const wanted = pattern.split('/');
    const fits =
      wanted.length === parts.length &&
      wanted.every((part, index) => part.startsWith('{') || part === parts[index]);
    return fits && method.toLowerCase() in methods;
  });
}

describe.each(readGuides().map((guide) => [guide.name, guide] as const))('%s', (_name, guide) => {
  it('names routes that exist', () => {
    const unknown = namedRoutes(guide)
      .filter((route) => !isRoute(route))
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !OTHERS.has(route));
    expect(unknown).toEqual([]);
  });

  it('names commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...guide.text.matchAll(/\bnpm run (?:--silent )?([a-z][a-z:]*)/g)].map(
      ([, name = '']) => name,
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('leads to files that exist', () => {
    const links = [...guide.text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) => link);
    const folder = dirname(join(ROOT, guide.name));
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
  });
});

describe.each([KOREAN, ENGLISH].map((guide) => [guide.name, guide] as const))('%s', (_name, guide) => {
  it('names codes, kinds and fields that exist', () => {
    const fieldCodes = readFileSync(join(ROOT, 'src/platform/http/validation.ts'), 'utf8');
    const pushIds = readFileSync(join(ROOT, 'src/features/notifications/notify.ts'), 'utf8');
    const known = new Set(`${openApi}${fieldCodes}${pushIds}`.match(/\w+/g));
    const named = quotedWords(guide).filter((word) => /^[a-z]+(?:_[a-z0-9]+|[A-Z][a-z0-9]+)*$/.test(word));
    // What stands in no document of the API: the tools of the reader.
    const tools = new Set(['bash', 'curl', 'node']);
    expect(named.filter((word) => !known.has(word) && !tools.has(word))).toEqual([]);
    expect(named.length).toBeGreaterThan(50);
  });

  it('says of an error code which status it has', () => {
    const rows = [...guide.text.matchAll(/^\| ([\d, ]{3,})[^|]*\|([^|]*)\|$/gm)];
    const wrong = rows.flatMap(([, statuses = '', cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)]
        .map(([, code = '']) => code)
        .filter((code) => code in ERRORS)
        .filter((code) => !statuses.includes(String(ERRORS[code as keyof typeof ERRORS].status))),
    );
    expect(wrong).toEqual([]);
    const prose = [...guide.text.matchAll(/\b([45]\d\d) `(\w+)`/g)];
    for (const [, status, code = ''] of prose) {
      expect(String(ERRORS[code as keyof typeof ERRORS]?.status), code).toBe(status);
    }
    expect(rows.length * prose.length).toBeGreaterThan(0);
  });

  it('names every route that takes an Idempotency-Key', () => {
    const taking = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => JSON.stringify(operation).includes('"Idempotency-Key"'))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    const words = new Set(quotedWords(guide));
    expect(taking.filter((route) => !words.has(route))).toEqual([]);
    expect(taking.length).toBeGreaterThan(0);
  });
});

describe('the API guides in both languages', () => {
  it('have the same examples', () => {
    expect(shellLines(KOREAN)).toEqual(shellLines(ENGLISH));
  });

  it('name the same codes, fields and routes', () => {
    const words = (guide: typeof KOREAN) =>
      [...new Set(quotedWords(guide))].filter((word) => !/[가-힣<]/.test(word));
    expect(words(KOREAN).toSorted()).toEqual(words(ENGLISH).toSorted());
  });

  it('have the same sections and tables', () => {
    const shape = ({ text }: typeof KOREAN) =>
      text.split('\n').map((line) => /^(?:##? |\||- |```)/.exec(line)?.[0] ?? '');
    expect(shape(KOREAN).filter(Boolean)).toEqual(shape(ENGLISH).filter(Boolean));
  });
});
