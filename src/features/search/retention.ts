import { and, asc, eq, gt, inArray, isNull, or } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  type ExportStep,
  type PurgeStep,
} from '../../platform/retention.ts';
import { users } from '../../schema/accounts.ts';
import { tags } from '../../schema/posts.ts';
import { recentSearches, searchChanges } from '../../schema/search.ts';
import { readTasks, waitForTasks } from './engine-tasks.ts';
import { listIndexUids } from './write-documents.ts';

const EXPORT_CHUNK = 500;
/** The engine is behind: the purge comes again then (seconds). */
const ENGINE_BEHIND_SECONDS = 60;

/** Words somebody looked for, and entries of others that lead to them. */
async function purgeRecentSearches({ deps }: SystemCtx, userId: string): Promise<number> {
  const { rowsAffected } = await deps.db
    .delete(recentSearches)
    .where(
      or(
        eq(recentSearches.userId, userId),
        and(eq(recentSearches.kind, 'person'), eq(recentSearches.targetId, userId)),
      ),
    )
    .limit(DELETE_CHUNK);
  return rowsAffected;
}

/**
 * They went from the index when the person left; whatever came back since goes now, and is seen to be gone. Answers 0:
 * once is enough.
 */
async function purgeDocuments(ctx: SystemCtx, userId: string): Promise<number> {
  const { db, search } = ctx.deps;
  const known = await listIndexUids(ctx);
  const [people, posts] = [search.uidOf('people'), search.uidOf('posts')];
  const sent = [
    ...(known.has(people) ? [await search.writer.index(people).deleteDocument(userId)] : []),
    ...(known.has(posts)
      ? [await search.writer.index(posts).deleteDocuments({ filter: `authorId = ${userId}` })]
      : []),
  ];
  const uids = sent.map(({ taskUid }) => taskUid);
  const isDone = await waitForTasks(ctx, { uids });
  const tasks = await readTasks(ctx, uids);
  if (!isDone || uids.some((uid) => tasks.get(uid)?.status !== 'succeeded'))
    throw new AppError('search_unavailable', { retryAfter: ENGINE_BEHIND_SECONDS });
  await db
    .delete(searchChanges)
    .where(and(inArray(searchChanges.kind, ['people', 'companies']), eq(searchChanges.targetId, userId)));
  return 0;
}

export const searchPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({ name: 'search_documents', run: purgeDocuments }),
  definePurgeStep({ name: 'recent_searches', run: purgeRecentSearches }),
];

export const searchExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'recentSearches',
    async read({ deps }, userId, after) {
      const found = await deps.db
        .select({
          id: recentSearches.id,
          kind: recentSearches.kind,
          text: recentSearches.entryKey,
          person: users.name,
          tag: tags.name,
          at: recentSearches.createdAt,
        })
        .from(recentSearches)
        .leftJoin(
          users,
          and(eq(recentSearches.kind, 'person'), eq(users.id, recentSearches.targetId), isNull(users.leftAt)),
        )
        .leftJoin(tags, and(eq(recentSearches.kind, 'tag'), eq(tags.id, recentSearches.targetId)))
        .where(and(eq(recentSearches.userId, userId), after ? gt(recentSearches.id, after) : undefined))
        .orderBy(asc(recentSearches.id))
        .limit(EXPORT_CHUNK);
      const rows = found.map(({ kind, text, person, tag, at }) => ({
        kind,
        text: kind === 'word' ? text : (person ?? tag),
        searchedAt: at,
      }));
      return { rows, next: found.length === EXPORT_CHUNK ? found.at(-1)?.id : undefined };
    },
  }),
];
