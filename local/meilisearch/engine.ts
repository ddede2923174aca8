/** The engine behind the routes: its indexes, the tasks that change them, and what is written to disk between runs. */
import type { Document } from './documents.ts';
import { EngineError, indexNotFound } from './errors.ts';
import { compileFilter } from './filter.ts';
import { createSearchIndex, type SearchIndex } from './search-index.ts';
import { changeSettings, defaultSettings, filterablePatterns, type Settings } from './settings.ts';
import { createTaskQueue, type Task, type TaskQueue } from './tasks.ts';

const INDEX_UID = /^[A-Za-z0-9_-]{1,400}$/;

/** What a restart needs. */
export type EngineState = {
  lastTaskUid: number;
  indexes: { uid: string; primaryKey: string | null; settings: Settings; documents: Document[] }[];
};

export type Engine = ReturnType<typeof createEngine>;

export function createEngine(state: EngineState | undefined, now: () => Date) {
  const indexes = new Map<string, SearchIndex>();
  const tasks: TaskQueue = createTaskQueue({ firstUid: (state?.lastTaskUid ?? -1) + 1, now });
  for (const { uid, primaryKey, settings, documents } of state?.indexes ?? []) {
    const index = makeIndex(uid, primaryKey);
    index.put(documents, 'replace');
    index.setSettings(settings);
  }

  function makeIndex(uid: string, primaryKey: string | null): SearchIndex {
    const index = createSearchIndex(uid, primaryKey, now().toISOString());
    indexes.set(uid, index);
    return index;
  }

  /** Throws `index_not_found`. */
  function find(uid: string): SearchIndex {
    const index = indexes.get(uid);
    if (!index) throw indexNotFound(uid);
    return index;
  }

  function requireUid(uid: string): void {
    if (!INDEX_UID.test(uid))
      throw new EngineError('invalid_index_uid', `\`${uid}\` is not a valid index uid.`);
  }

  /** Writing to an index that is not there makes it, as the engine does. */
  function findOrMake(uid: string, primaryKey: string | null): SearchIndex {
    const index = indexes.get(uid) ?? makeIndex(uid, primaryKey);
    index.updatedAt = now().toISOString();
    return index;
  }

  function createIndex(uid: string, primaryKey: string | null): Task {
    requireUid(uid);
    return tasks.enqueue('indexCreation', uid, { primaryKey }, () => {
      if (indexes.has(uid)) throw new EngineError('index_already_exists', `Index \`${uid}\` already exists.`);
      makeIndex(uid, primaryKey);
    });
  }

  function deleteIndex(uid: string): Task {
    return tasks.enqueue('indexDeletion', uid, null, () => {
      const deletedDocuments = find(uid).size;
      indexes.delete(uid);
      return { deletedDocuments };
    });
  }

  function swapIndexes(swaps: { indexes: [string, string] }[]): Task {
    const names = swaps.flatMap((swap) => swap.indexes);
    if (new Set(names).size !== names.length)
      throw new EngineError('invalid_swap_indexes', 'Indexes must be declared only once during a swap.');
    return tasks.enqueue('indexSwap', null, { swaps }, () => {
      const missing = names.filter((name) => !indexes.has(name));
      if (missing.length > 0)
        throw new EngineError('index_not_found', `Indexes \`${missing.join('`, `')}\` not found.`);
      for (const { indexes: pair } of swaps) {
        const [left, right] = [find(pair[0]), find(pair[1])];
        [left.uid, right.uid] = [pair[1], pair[0]];
        indexes.set(pair[0], right);
        indexes.set(pair[1], left);
      }
    });
  }

  function putDocuments(
    uid: string,
    documents: Document[],
    mode: 'replace' | 'update',
    primaryKey: string | null,
  ): Task {
    requireUid(uid);
    const receivedDocuments = documents.length;
    return tasks.enqueue('documentAdditionOrUpdate', uid, { receivedDocuments, indexedDocuments: 0 }, () => {
      const index = findOrMake(uid, primaryKey);
      index.primaryKey ??= primaryKey;
      index.put(documents, mode);
      return { indexedDocuments: receivedDocuments };
    });
  }

  function deleteDocuments(uid: string, ids: string[]): Task {
    const details = { providedIds: ids.length, deletedDocuments: null, originalFilter: null };
    return tasks.enqueue('documentDeletion', uid, details, () => ({
      deletedDocuments: find(uid).remove(ids),
    }));
  }

  function deleteByFilter(uid: string, filter: unknown): Task {
    const details = { providedIds: 0, deletedDocuments: null, originalFilter: JSON.stringify(filter) };
    return tasks.enqueue('documentDeletion', uid, details, () => {
      const index = find(uid);
      const isMeant = compileFilter(filter, filterablePatterns(index.settings), 'invalid_document_filter');
      const key = index.primaryKey ?? 'id';
      const ids = [...index.all()].filter(isMeant).map((document) => String(document[key]));
      return { deletedDocuments: index.remove(ids) };
    });
  }

  function clearDocuments(uid: string): Task {
    const details = { providedIds: 0, deletedDocuments: null, originalFilter: null };
    return tasks.enqueue('documentDeletion', uid, details, () => ({ deletedDocuments: find(uid).clear() }));
  }

  /** Throws at once for settings that the engine would refuse at once. */
  function setSettings(uid: string, changes: Record<string, unknown>): Task {
    requireUid(uid);
    changeSettings(defaultSettings(), changes);
    return tasks.enqueue('settingsUpdate', uid, changes, () => {
      const index = findOrMake(uid, null);
      index.setSettings(changeSettings(index.settings, changes));
    });
  }

  return {
    tasks,
    find,
    list: () => [...indexes.values()].toSorted((a, b) => (a.uid < b.uid ? -1 : 1)),
    createIndex,
    deleteIndex,
    swapIndexes,
    putDocuments,
    deleteDocuments,
    deleteByFilter,
    clearDocuments,
    setSettings,
    /** As if the disk had been lost, for indexes whose name begins so. */
    lose(prefix: string): void {
      for (const uid of indexes.keys()) if (uid.startsWith(prefix)) indexes.delete(uid);
    },
    save(): EngineState {
      return {
        lastTaskUid: tasks.lastUid(),
        indexes: [...indexes.values()].map((index) => ({
          uid: index.uid,
          primaryKey: index.primaryKey,
          settings: index.settings,
          documents: [...index.all()],
        })),
      };
    },
  };
}
