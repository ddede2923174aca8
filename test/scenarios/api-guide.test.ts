/** The examples of the API guide are typed in as they stand, and answer what the guide says they do. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';
import { readGuide, shellLines, shownAnswers } from '../harness/guides.ts';
import { callWorker } from '../harness/worker-client.ts';

const run = promisify(execFile);

/** Ids, tokens, times and addresses of media differ each time. */
function mask(answer: string): string {
  return answer
    .replaceAll(/\d{15,19}/g, 'ID')
    .replaceAll(/"[\w-]{43}"/g, '"TOKEN"')
    .replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'UUID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/(Retry-After: )\d+/gi, '$1N');
}

/** An answer as the guide shows it: `…` stands for anything. */
function toPattern(shown: string): RegExp {
  const source = mask(shown).replaceAll(/[.+*?^$()[\]{}\\|]/g, '\\$&');
  return new RegExp(`^${source.replaceAll('…', '.*')}$`, 'i');
}

it('the guide for front-end people runs line by line', async () => {
  const guide = readGuide('docs/api-guide.en.md');
  const { url } = inject('worker');
  const { mail } = inject('dataPlane').urls;
  const script = [
    'set -euo pipefail',
    // Answers end without a line break.
    'curl() { command curl "$@" && echo; }',
    ...shellLines(guide),
  ]
    .join('\n')
    .replaceAll('http://127.0.0.1:8787', url)
    .replaceAll('http://127.0.0.1:8025', mail);
  const { stdout } = await run('bash', ['-c', script], { timeout: 50_000 });
  const answers = stdout.replaceAll(url, 'http://127.0.0.1:8787').split(/\r?\n/).filter(Boolean);
  const shown = shownAnswers(guide);
  expect(answers.length).toBe(shown.length);
  for (const [index, answer] of answers.entries())
    expect(mask(answer)).toMatch(toPattern(shown[index] ?? ''));
});

it('a page of any origin may call the local edition from a browser', async () => {
  const headers = { origin: 'http://localhost:3000' };
  const asked = await callWorker('OPTIONS', '/v1/me', {
    headers: {
      ...headers,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization',
    },
  });
  expect(asked.headers.get('access-control-allow-origin')).toBe('*');
  expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
  const answer = await callWorker('GET', '/v1/fields', { headers });
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
});
