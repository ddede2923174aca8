import * as z from 'zod';
import type { SystemCtx } from '../../platform/context.ts';
import { Id } from '../../platform/http/schemas.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { defineSlicedJob } from '../../platform/jobs/job.ts';
import type { Chunk } from '../../platform/jobs/slices.ts';
import { countUnfinished, waitForTasks } from './engine-tasks.ts';
import { indexes } from './indexes/all.ts';
import { fingerprintOf } from './indexes/index-definition.ts';
import { SEARCH_KINDS, type SearchKind } from './kinds.ts';
import {
  finishRun,
  forgetNextChanges,
  moveNextChanges,
  registerRun,
  takeNextChanges,
  whileLeased,
  type Run,
} from './rebuild-state.ts';
import { syncSearch } from './sync.ts';
import { listIndexUids, writeDocuments } from './write-documents.ts';

/** Things read from MySQL and sent to the engine at once: a few megabytes of posts at most. */
const THINGS_AT_ONCE = 500;
/** Tasks the engine may be behind before filling waits for it. */
const TASKS_AHEAD = 20;
/** A delivery writes so many documents; one that has to wait for the engine hands on instead. */
const DOCUMENTS_A_SLICE = 10_000;

const Position = z.object({ phase: z.enum(['fill', 'replay', 'swap', 'finish']), after: Id.optional() });
type Position = z.output<typeof Position>;

/** The engine refused part of the new index, or has lost it: this run cannot end well. */
export class RebuildFailed extends Error {
  override name = 'RebuildFailed';
}

/**
 * Builds an index anew beside the live one and swaps the two, while people search and write: begin → fill (all of MySQL,
 * piece by piece) → replay (what changed since the beginning) → swap → finish. Killed anywhere, it goes on from there.
 */
export const rebuildSearch = defineSlicedJob({
  name: 'search.rebuild',
  schema: z.object({ kind: z.enum(SEARCH_KINDS), run: Id }),
  key: ({ kind, run }) => `${kind}:${run}`,
  retries: 5,
  flowControl: { key: 'search.rebuild', parallelism: 2 },
  position: Position,
  maxRows: DOCUMENTS_A_SLICE,
  async runChunk(ctx, payload, position): Promise<Chunk<Position>> {
    if (!position) await registerRun(ctx, payload);
    const chunk = await whileLeased(ctx, payload, () => runPhase(ctx, payload, position));
    if (chunk) return chunk;
    await dropIndex(ctx, uidOfRun(ctx, payload));
    return { rows: 0, next: undefined };
  },
});

/** Starts a rebuild of each kind. Those that are going on are taken over from. */
export async function startRebuilds(ctx: SystemCtx, kinds: readonly SearchKind[]): Promise<void> {
  await enqueue(
    ctx,
    rebuildSearch,
    kinds.map((kind) => ({ kind, run: ctx.deps.ids.next() })),
  );
}

function uidOfRun({ deps }: SystemCtx, { kind, run }: Run): string {
  return `${deps.search.uidOf(kind)}_${run}`;
}

function runPhase(ctx: SystemCtx, run: Run, position: Position | undefined): Promise<Chunk<Position>> {
  if (!position) return begin(ctx, run);
  if (position.phase === 'fill') return fill(ctx, run, position.after);
  if (position.phase === 'replay') return replay(ctx, run);
  if (position.phase === 'swap') return swap(ctx, run);
  return finish(ctx, run);
}

/** An empty new index, and a live one to swap it with. What earlier runs have left goes. */
async function begin(ctx: SystemCtx, run: Run): Promise<Chunk<Position>> {
  const live = ctx.deps.search.uidOf(run.kind);
  const known = await listIndexUids(ctx);
  for (const uid of known) if (isOfRun(uid, live)) await dropIndex(ctx, uid);
  if (!known.has(live)) await makeIndex(ctx, run.kind, live);
  await makeIndex(ctx, run.kind, uidOfRun(ctx, run));
  return { rows: 0, next: { phase: 'fill' } };
}

function isOfRun(uid: string, live: string): boolean {
  return uid.startsWith(`${live}_`) && /^\d+$/.test(uid.slice(live.length + 1));
}

async function makeIndex({ deps }: SystemCtx, kind: SearchKind, uid: string): Promise<void> {
  await deps.search.writer.createIndex(uid, { primaryKey: 'id' });
  await deps.search.writer.index(uid).updateSettings(indexes[kind].settings);
}

async function dropIndex(ctx: SystemCtx, uid: string): Promise<void> {
  if ((await listIndexUids(ctx)).has(uid)) await ctx.deps.search.writer.deleteIndex(uid);
}

async function fill(ctx: SystemCtx, run: Run, after: string | undefined): Promise<Chunk<Position>> {
  const uid = uidOfRun(ctx, run);
  if ((await countUnfinished(ctx, { indexUids: [uid] })) > TASKS_AHEAD) {
    const isIdle = await waitForTasks(ctx, { indexUids: [uid] });
    if (!isIdle) return handOn({ phase: 'fill', ...(after && { after }) });
  }
  const index = indexes[run.kind];
  const ids = await index.listIds(ctx, after, THINGS_AT_ONCE);
  const documents = ids.length > 0 ? await index.load(ctx, ids) : [];
  if (documents.length > 0)
    await ctx.deps.search.writer.index(uid).addDocuments(documents, { primaryKey: 'id' });
  const last = ids.at(-1);
  const isMore = last !== undefined && ids.length === THINGS_AT_ONCE;
  return { rows: documents.length, next: isMore ? { phase: 'fill', after: last } : { phase: 'replay' } };
}

/** Ends the delivery: the engine is behind, and the next one looks again. */
function handOn(next: Position): Chunk<Position> {
  return { rows: DOCUMENTS_A_SLICE, next };
}

/** Only once all that was sent before is in the index: what is read now has to come after it. */
async function replay(ctx: SystemCtx, run: Run): Promise<Chunk<Position>> {
  const uid = uidOfRun(ctx, run);
  if (!(await waitForTasks(ctx, { indexUids: [uid] }))) return handOn({ phase: 'replay' });
  await requireWhole(ctx, run);
  const ids = await takeNextChanges(ctx, run, THINGS_AT_ONCE);
  if (ids.length === 0) return { rows: 0, next: { phase: 'swap' } };
  await writeDocuments(ctx, run.kind, uid, ids);
  await forgetNextChanges(ctx, run, ids);
  return { rows: ids.length, next: { phase: 'replay' } };
}

/** An index whose tasks failed, or that was lost and made again by writing to it, must not go live. */
async function requireWhole(ctx: SystemCtx, run: Run): Promise<void> {
  const uid = uidOfRun(ctx, run);
  const { writer } = ctx.deps.search;
  const { total } = await writer.tasks.getTasks({
    indexUids: [uid],
    statuses: ['failed', 'canceled'],
    // Not those that made it: a second making is refused, and rightly.
    types: ['documentAdditionOrUpdate', 'documentDeletion', 'settingsUpdate'],
    limit: 1,
  });
  if (total > 0) throw new RebuildFailed('tasks of the new index failed');
  const settings = await writer.index(uid).getSettings();
  if (!hasSettings(settings, run.kind)) throw new RebuildFailed('the new index was lost');
}

/** Whether an index was made by us: one that came about by writing to it has the engine's own settings. */
export function hasSettings(settings: { searchableAttributes?: string[] | null }, kind: SearchKind): boolean {
  const wanted = indexes[kind].settings.searchableAttributes;
  return JSON.stringify(settings.searchableAttributes) === JSON.stringify(wanted);
}

/** A second swap would bring the old index back: a run swaps once, and the engine's own list of tasks tells whether it has. */
async function swap(ctx: SystemCtx, run: Run): Promise<Chunk<Position>> {
  const uid = uidOfRun(ctx, run);
  const { writer, uidOf } = ctx.deps.search;
  const { results } = await writer.tasks.getTasks({ types: ['indexSwap'], limit: 1000 });
  const known = results.find(
    ({ status, details }) =>
      status !== 'failed' &&
      status !== 'canceled' &&
      details?.swaps?.some((pair) => pair.indexes.includes(uid)),
  );
  const taskUid =
    known?.uid ?? (await writer.swapIndexes([{ indexes: [uidOf(run.kind), uid], rename: false }])).taskUid;
  if (!(await waitForTasks(ctx, { uids: [taskUid] }))) return handOn({ phase: 'swap' });
  const { status } = await writer.tasks.getTask(taskUid);
  if (status !== 'succeeded') throw new RebuildFailed('the swap failed');
  return { rows: 0, next: { phase: 'finish' } };
}

async function finish(ctx: SystemCtx, run: Run): Promise<Chunk<Position>> {
  while ((await moveNextChanges(ctx, run, THINGS_AT_ONCE)) > 0);
  await finishRun(ctx, run, await fingerprintOf(indexes[run.kind]));
  await enqueue(ctx, syncSearch, [{ cause: `rebuilt:${run.kind}:${run.run}` }]);
  await dropIndex(ctx, uidOfRun(ctx, run));
  ctx.deps.log.info('search index rebuilt', { kind: run.kind });
  return { rows: 0, next: undefined };
}
