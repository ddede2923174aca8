import type { SystemCtx } from '../../platform/context.ts';
import { indexes } from './indexes/all.ts';
import type { SearchKind } from './kinds.ts';

/** What was sent, and the engine's task for it. */
export type Sent = { ids: string[]; taskUid: number };

/**
 * Reads things from MySQL as they are now and sends them to an index: documents of those that may be found, deletions of
 * the rest. Throws what the engine's client throws.
 */
export async function writeDocuments(
  ctx: SystemCtx,
  kind: SearchKind,
  indexUid: string,
  ids: readonly string[],
): Promise<Sent[]> {
  if (ids.length === 0) return [];
  const index = ctx.deps.search.writer.index(indexUid);
  const documents = await indexes[kind].load(ctx, ids);
  const found = new Set(documents.map(({ id }) => id));
  const gone = ids.filter((id) => !found.has(id));
  const sent: Sent[] = [];
  if (documents.length > 0) {
    const { taskUid } = await index.addDocuments(documents, { primaryKey: 'id' });
    sent.push({ ids: [...found], taskUid });
  }
  if (gone.length > 0) {
    const { taskUid } = await index.deleteDocuments(gone);
    sent.push({ ids: gone, taskUid });
  }
  return sent;
}

/** Names of the indexes that the engine has, among ours. */
export async function listIndexUids({ deps }: SystemCtx): Promise<Set<string>> {
  const { results } = await deps.search.writer.getRawIndexes({ limit: 1000 });
  return new Set(results.map(({ uid }) => uid));
}
