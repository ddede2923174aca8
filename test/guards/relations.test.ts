/** In every list there is, people with a block between them never see each other, and nobody sees who has left. */
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { endpoints } from '../../src/app.ts';
import type { EndpointSpec } from '../../src/platform/http/endpoint.ts';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { lists, setStage, type Place, type Stage } from './lists.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

const reads = endpoints.map(({ spec }) => spec).filter(({ method }) => method === 'get');

function isList({ success }: EndpointSpec): boolean {
  if (!success.body) return false;
  const { properties = {} } = z.toJSONSchema(success.body, { unrepresentable: 'any' });
  return 'items' in properties;
}

/** What ends seeing each other. */
const endings: Record<string, (stage: Stage) => Promise<unknown>> = {
  'the viewer blocked them': ({ make, viewer, other }) => make.block(viewer, other),
  'they blocked the viewer': ({ make, viewer, other }) => make.block(other, viewer),
  'they left': ({ other }) => setPast(other.userId, 'left_at'),
  'they are suspended': ({ other }) => setPast(other.userId, 'suspended_at'),
};

function setPast(userId: string, column: 'left_at' | 'suspended_at'): Promise<unknown> {
  return app.sql(`update users set ${column} = '2026-11-24 02:00:00' where id = ?`, userId);
}

async function isSeen(stage: Stage, { path, mark }: Place): Promise<boolean> {
  const answer = await app.request('GET', path, { token: stage.viewer.token });
  // A list whose owner is hidden does not exist for the viewer.
  if (answer.status !== 404) expect(answer.status, path).toBe(200);
  return answer.status === 200 && JSON.stringify(answer.body).includes(`"${mark}"`);
}

describe('the table of lists', () => {
  it('names every list of the API', () => {
    const missing = reads.filter((spec) => isList(spec) && !lists[spec.id]).map(({ id }) => id);
    expect(missing, 'add an entry to test/guards/lists.ts').toEqual([]);
  });

  it('names nothing that is not there', () => {
    const ids = new Set(reads.map(({ id }) => id));
    expect(Object.keys(lists).filter((id) => !ids.has(id))).toEqual([]);
  });
});

const cases = Object.entries(lists).flatMap(([id, arrange]) =>
  typeof arrange === 'function' ? [[id, arrange] as const] : [],
);

describe.each(cases)('%s', (_id, arrange) => {
  it.each(Object.entries(endings))('hides somebody once %s', async (_name, end) => {
    const stage = await setStage(app);
    const arranged = await arrange(stage);
    const place = typeof arranged === 'string' ? { path: arranged, mark: stage.other.userId } : arranged;
    expect(await isSeen(stage, place), 'the arrangement shows nobody, so it proves nothing').toBe(true);
    await end(stage);
    expect(await isSeen(stage, place)).toBe(false);
  });
});
