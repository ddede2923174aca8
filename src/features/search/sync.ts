import * as z from 'zod';
import type { SystemCtx } from '../../platform/context.ts';
import { Id } from '../../platform/http/schemas.ts';
import { defineJob } from '../../platform/jobs/job.ts';
import { describeError } from '../../platform/log.ts';
import { readTasks, waitForTasks } from './engine-tasks.ts';
import { SEARCH_KINDS, type SearchKind } from './kinds.ts';
import { noteChanges } from './note-changes.ts';
import {
  giveBack,
  listTasks,
  markSent,
  settleFailed,
  settleWritten,
  takeChanges,
  type Claim,
} from './take-changes.ts';
import { listIndexUids, writeDocuments, type Sent } from './write-documents.ts';

/** A delivery takes up no more batches after this (milliseconds). */
const BATCHES_MS = 5_000;
/** How long changes wait when the engine is away or has no index for them (milliseconds). */
const ENGINE_AWAY_MS = 30_000;

/**
 * Brings the live indexes up to what is noted in search_changes, whoever noted it. Carries nothing but its cause; a dead
 * letter that is sent again carries the things it is about.
 */
export const syncSearch = defineJob({
  name: 'search.sync',
  schema: z.object({
    cause: z.string().min(1).max(140),
    changes: z
      .array(z.object({ kind: z.enum(SEARCH_KINDS), id: Id }))
      .max(1000)
      .optional(),
  }),
  key: ({ cause }) => cause,
  retries: 3,
  flowControl: { key: 'search.sync', parallelism: 2 },
  async run(ctx, { changes = [] }) {
    await noteChanges(ctx, changes);
    await syncChanges(ctx);
  },
});

/**
 * Writes what has changed and sees the engine's tasks end. What the engine has not finished by the end, and all of it
 * when the engine is away, is taken up by the next one who comes.
 */
export async function syncChanges(ctx: SystemCtx): Promise<void> {
  try {
    await followTasks(ctx);
    const sent = await writeAll(ctx);
    await waitForTasks(ctx, { uids: sent.map(({ taskUid }) => taskUid) });
    await followTasks(ctx);
  } catch (error) {
    if (!isEngineError(error)) throw error;
    ctx.deps.log.warn('search engine away', describeError(error));
  }
}

async function writeAll(ctx: SystemCtx): Promise<Sent[]> {
  const { clock, search } = ctx.deps;
  const deadline = clock.now().getTime() + BATCHES_MS;
  const sent: Sent[] = [];
  const known = await listIndexUids(ctx);
  const isThere = (kind: SearchKind) => known.has(search.uidOf(kind));
  while (clock.now().getTime() < deadline) {
    const claim = await takeChanges(ctx);
    if (claim.changes.length === 0) break;
    sent.push(...(await writeClaim(ctx, claim, isThere)));
  }
  return sent;
}

/** Writing to an index that is not there would make one with the engine's own settings. */
async function writeClaim(
  ctx: SystemCtx,
  { token, changes }: Claim,
  isThere: (kind: SearchKind) => boolean,
): Promise<Sent[]> {
  const all: Sent[] = [];
  try {
    for (const [kind, own] of Map.groupBy(changes, (change) => change.kind)) {
      if (!isThere(kind)) continue;
      const sent = await writeDocuments(
        ctx,
        kind,
        ctx.deps.search.uidOf(kind),
        own.map(({ id }) => id),
      );
      for (const { ids, taskUid } of sent) await markSent(ctx, token, kind, ids, taskUid);
      all.push(...sent);
    }
  } finally {
    await giveBack(ctx, token, ENGINE_AWAY_MS);
  }
  return all;
}

/** Settles what the engine has finished with. */
async function followTasks(ctx: SystemCtx): Promise<void> {
  const uids = await listTasks(ctx);
  const tasks = await readTasks(ctx, uids);
  const isOpen = (uid: number) => ['enqueued', 'processing'].includes(tasks.get(uid)?.status ?? '');
  const written = uids.filter((uid) => tasks.get(uid)?.status === 'succeeded');
  const failed = uids.filter((uid) => !isOpen(uid) && !written.includes(uid));
  for (const uid of failed)
    ctx.deps.log.error('search task failed', {
      taskUid: uid,
      code: tasks.get(uid)?.error?.code ?? 'forgotten',
    });
  await settleWritten(ctx, written);
  await settleFailed(ctx, new Map(failed.map((uid) => [uid, tasks.get(uid)?.error?.code ?? 'forgotten'])));
}

/** From the engine or the way to it: the database's and our own go on to whoever runs the job. */
export function isEngineError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('Meilisearch');
}
