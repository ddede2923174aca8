/** The search indexes of a test app, brought about by the jobs themselves. */
import type { SystemCtx } from '../../src/platform/context.ts';
import { indexPrefix } from '../../src/platform/search.ts';
import { parseEnv } from '../../src/env.ts';
import { rebuildSearch, SEARCH_KINDS, syncSearch, type SearchKind } from '../../src/features/search/index.ts';
import type { TaskFault } from '../../local/meilisearch/tasks.ts';
import type { TestApp } from './app.ts';

let count = 0;

/** Builds indexes from what MySQL holds. */
export async function buildSearch(app: TestApp, kinds: readonly SearchKind[] = SEARCH_KINDS): Promise<void> {
  await app.asSystem(async (ctx) => {
    for (const kind of kinds) await runRebuild(ctx, kind);
  });
}

/** One delivery of a new rebuild, which is enough for what tests write. */
export function runRebuild(ctx: SystemCtx, kind: SearchKind): Promise<void> {
  const payload = { kind, run: ctx.deps.ids.next() };
  return rebuildSearch.run(ctx, payload, { key: rebuildSearch.key(payload), slice: 0, position: undefined });
}

/** Brings the indexes up to what has changed, as the job does that each change asks for. */
export async function syncSearchNow(app: TestApp): Promise<void> {
  count += 1;
  const cause = `test ${count}`;
  await app.asSystem((ctx) => syncSearch.run(ctx, { cause }, { key: cause, slice: 0, position: undefined }));
}

/** What the names of this app's indexes begin with. */
export function indexPrefixOf(app: TestApp): string {
  return indexPrefix(parseEnv(app.env));
}

async function control(app: TestApp, name: string, body: object): Promise<void> {
  const response = await fetch(`${app.urls.search}/_control/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** The engine holds, slows or fails what is written to this app's indexes (stand-in only). */
export function setTaskFault(app: TestApp, fault: TaskFault | undefined): Promise<void> {
  return control(app, 'tasks', { prefix: indexPrefixOf(app), ...(fault && { fault }) });
}

/** The engine has lost this app's indexes (stand-in only). */
export function loseIndexes(app: TestApp): Promise<void> {
  return control(app, 'lose', { prefix: indexPrefixOf(app) });
}

/** What the engine answers this app is no JSON (stand-in only). */
export function garbleEngine(app: TestApp, isOn: boolean): Promise<void> {
  return control(app, 'garbage', { authorization: `Bearer ${String(app.env['MEILI_KEY'])}`, isOn });
}
