/** The guides for people: what they say about the API, read out of their Markdown. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export type Guide = { name: string; text: string };

/** README.md and every page of docs/. */
export function readGuides(): Guide[] {
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return [join(ROOT, 'README.md'), ...pages.map((name) => join(ROOT, 'docs', name))].map((path) => ({
    name: relative(ROOT, path),
    text: readFileSync(path, 'utf8'),
  }));
}

export function readGuide(name: string): Guide {
  return { name, text: readFileSync(join(ROOT, name), 'utf8') };
}

/** What is to be typed into a shell, without comments and the answers that stand as such. */
export function shellLines({ text }: Guide): string[] {
  return shellBlocks(text).filter((line) => line !== '' && !line.startsWith('#'));
}

/** The answers under the shell lines, each with the spaces it is broken by taken away. */
export function shownAnswers({ text }: Guide): string[] {
  return shellBlocks(text)
    .filter((line) => line.startsWith('# '))
    .map((line) => line.slice(2));
}

function shellBlocks(text: string): string[] {
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
}

/** Words in code quotes, such as codes, kinds and fields. */
export function quotedWords({ text }: Guide): string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, word = '']) => word);
}

export type NamedRoute = { method: string; path: string };

/** Every route a guide names as `GET /v1/feed` or calls by curl, without its query. */
export function namedRoutes(guide: Guide): NamedRoute[] {
  const written = [...guide.text.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/[^\s`'")]*)/g)].map(
    ([, method = '', path = '']) => ({ method, path }),
  );
  const called = shellLines(guide).flatMap((line) =>
    line
      .split(/\bcurl /)
      .slice(1)
      .flatMap((call) => {
        const [, path] = /(?:\$API|http:\/\/127\.0\.0\.1:8787)(\/[^\s"'?]*)/.exec(call) ?? [];
        return path === undefined ? [] : { method: methodOf(call), path };
      }),
  );
  return [...written, ...called].map(({ method, path }) => ({
    method,
    path: path.split('?')[0]?.replace(/[.,:;]+$/, '') ?? path,
  }));
}

function methodOf(call: string): string {
  const [, named] = /-X (\w+)/.exec(call) ?? [];
  if (named !== undefined) return named;
  if (/ -G /.test(call)) return 'GET';
  return / (?:-d|--data-binary) /.test(call) ? 'POST' : 'GET';
}
