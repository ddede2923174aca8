/** The API's description is valid OpenAPI 3.1, is the committed one, and changes only by adding. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { endpoints } from '../src/app.ts';
import { openApiDocument } from '../src/platform/http/docs.ts';
import { findBreakingChanges, type OpenApi } from './harness/breaking-changes.ts';

const current = openApiDocument(endpoints, 'https://api.loopus.kr') as OpenApi;
const committed = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../docs/openapi.json'), 'utf8'),
) as OpenApi;

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(current));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('refers only to components that exist, and every operation has an answer with a shape', () => {
    const text = JSON.stringify(current);
    const names = new Set(Object.keys(current.components.schemas));
    const used = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name ?? '');
    expect(used.filter((name) => !names.has(name))).toEqual([]);
  });

  it('is the committed one (after a change: npm run openapi)', () => {
    expect(JSON.parse(JSON.stringify(current))).toEqual(committed);
  });

  it('breaks nothing that the committed one promises', () => {
    expect(findBreakingChanges(committed, current)).toEqual([]);
  });
});

describe('a breaking change', () => {
  const changed = (change: (document: OpenApi) => void): string[] => {
    const copy = structuredClone(committed);
    change(copy);
    return findBreakingChanges(committed, copy);
  };

  it('is a route that is gone', () => {
    expect(changed((document) => delete document.paths['/v1/sessions']?.['post'])).toEqual([
      'POST /v1/sessions is gone',
    ]);
  });

  it('is a field of an answer that is gone or of another type', () => {
    const session = (document: OpenApi) => document.components.schemas['Session']?.properties ?? {};
    expect(changed((document) => delete session(document)['device'])).toEqual(['Session.device is gone']);
    expect(changed((document) => (session(document)['isCurrent'] = { type: 'string' }))).toEqual([
      'Session.isCurrent: boolean became string',
    ]);
  });

  it('is a field of a body that became required, or is no longer taken', () => {
    const body = (document: OpenApi) =>
      document.paths['/v1/sessions']?.['post']?.requestBody?.content['application/json']?.schema ?? {};
    expect(changed((document) => body(document).required?.push('device'))).toEqual([
      'POST /v1/sessions body.device became required',
    ]);
    expect(changed((document) => delete body(document).properties?.['device'])).toEqual([
      'POST /v1/sessions body.device is gone',
    ]);
  });
});
