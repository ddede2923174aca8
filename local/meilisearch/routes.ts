/** The HTTP interface, one row a route (meilisearch 0.62.0 calls them; shapes as of the server's v1.50). */
import type { StandInRequest } from '../stand-in.ts';
import type { Document } from './documents.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './errors.ts';
import { compileFilter } from './filter.ts';
import { readParams, search } from './search.ts';
import type { SearchIndex } from './search-index.ts';
import { defaultSettings, filterablePatterns, settingOfPath } from './settings.ts';
import type { Task } from './tasks.ts';

export type Answer = { status: number; body?: object };

type Call = {
  engine: Engine;
  request: StandInRequest;
  /** What stands in place of `:name` in the route's path. */
  at(name: string): string;
  query: URLSearchParams;
  json(): unknown;
};

type Route = { method: string; path: RegExp; answer(call: Call): Answer };

function route(method: string, path: string, answer: (call: Call) => Answer): Route {
  return { method, path: new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`), answer };
}

const routes: readonly Route[] = [
  route('GET', '/version', () => ok({ commitSha: '', commitDate: '', pkgVersion: '1.50.0' })),
  route('GET', '/stats', ({ engine }) => ok(describeAll(engine))),

  route('GET', '/indexes', ({ engine, query }) => ok(pageOf(engine.list().map(describeIndex), query))),
  route('POST', '/indexes', ({ engine, json }) => {
    const { uid, primaryKey = null } = json() as { uid?: string; primaryKey?: string | null };
    if (uid === undefined) throw new EngineError('missing_index_uid', 'Missing field `uid`');
    return accepted(engine.createIndex(uid, primaryKey));
  }),
  route('GET', '/indexes/:uid', ({ engine, at }) => ok(describeIndex(engine.find(at('uid'))))),
  route('DELETE', '/indexes/:uid', ({ engine, at }) => accepted(engine.deleteIndex(at('uid')))),
  route('GET', '/indexes/:uid/stats', ({ engine, at }) => ok(describeSize(engine.find(at('uid'))))),
  route('POST', '/swap-indexes', ({ engine, json }) =>
    accepted(engine.swapIndexes(json() as { indexes: [string, string] }[])),
  ),

  route('POST', '/indexes/:uid/documents', (call) => putDocuments(call, 'replace')),
  route('PUT', '/indexes/:uid/documents', (call) => putDocuments(call, 'update')),
  route('GET', '/indexes/:uid/documents', ({ engine, at, query }) =>
    ok(listDocuments(engine.find(at('uid')), query)),
  ),
  route('POST', '/indexes/:uid/documents/fetch', ({ engine, at, json }) => {
    const wanted = json() as Record<string, unknown>;
    const range = new URLSearchParams(
      Object.entries(wanted).flatMap(([name, value]) =>
        name === 'limit' || name === 'offset' ? [[name, String(value)]] : [],
      ),
    );
    return ok(listDocuments(engine.find(at('uid')), range, wanted['filter']));
  }),
  route('DELETE', '/indexes/:uid/documents', ({ engine, at }) => accepted(engine.clearDocuments(at('uid')))),
  route('POST', '/indexes/:uid/documents/delete-batch', ({ engine, at, json }) =>
    accepted(engine.deleteDocuments(at('uid'), (json() as (string | number)[]).map(String))),
  ),
  route('POST', '/indexes/:uid/documents/delete', ({ engine, at, json }) => {
    const { filter } = json() as { filter?: unknown };
    if (filter === undefined || filter === '')
      throw new EngineError('missing_document_filter', 'Missing field `filter`');
    return accepted(engine.deleteByFilter(at('uid'), filter));
  }),
  route('GET', '/indexes/:uid/documents/:id', ({ engine, at }) => {
    const document = engine.find(at('uid')).get(at('id'));
    if (!document) throw new EngineError('document_not_found', `Document \`${at('id')}\` not found.`);
    return ok(document);
  }),
  route('DELETE', '/indexes/:uid/documents/:id', ({ engine, at }) =>
    accepted(engine.deleteDocuments(at('uid'), [at('id')])),
  ),

  route('GET', '/indexes/:uid/settings', ({ engine, at }) => ok(engine.find(at('uid')).settings)),
  route('PATCH', '/indexes/:uid/settings', ({ engine, at, json }) =>
    accepted(engine.setSettings(at('uid'), json() as Record<string, unknown>)),
  ),
  route('DELETE', '/indexes/:uid/settings', ({ engine, at }) =>
    accepted(engine.setSettings(at('uid'), { ...defaultSettings() })),
  ),
  route('GET', '/indexes/:uid/settings/:setting', ({ engine, at }) => ({
    status: 200,
    body: engine.find(at('uid')).settings[readSetting(at('setting'))] as object,
  })),
  ...['PUT', 'PATCH'].map((method) =>
    route(method, '/indexes/:uid/settings/:setting', ({ engine, at, json }) =>
      accepted(engine.setSettings(at('uid'), { [readSetting(at('setting'))]: json() })),
    ),
  ),
  route('DELETE', '/indexes/:uid/settings/:setting', ({ engine, at }) =>
    accepted(engine.setSettings(at('uid'), { [readSetting(at('setting'))]: null })),
  ),

  route('POST', '/indexes/:uid/search', ({ engine, at, json }) =>
    ok(search(engine.find(at('uid')), readParams(json() as Record<string, unknown>))),
  ),
  route('POST', '/multi-search', ({ engine, json }) => ok(searchMany(engine, json()))),

  route('GET', '/tasks', ({ engine, query }) => ok(listTasks(engine, query))),
  route('GET', '/tasks/:task', ({ engine, at }) => {
    const task = engine.tasks.find(Number(at('task')));
    if (!task) throw new EngineError('task_not_found', `Task \`${at('task')}\` not found.`);
    return ok(task);
  }),
];

/** Carries out one request. Throws `not_found` for a path that is none of the engine's, or none of those known here. */
export function answerRequest(engine: Engine, request: StandInRequest): Answer {
  const { pathname, searchParams } = request.url;
  for (const { method, path, answer } of routes) {
    const match = method === request.method ? path.exec(pathname) : null;
    if (!match) continue;
    return answer({
      engine,
      request,
      at: (name) => decodeURIComponent(match.groups?.[name] ?? ''),
      query: searchParams,
      json: () => readJson(request),
    });
  }
  throw new EngineError('not_found', `The stand-in has no ${request.method} ${pathname}`);
}

function readJson(request: StandInRequest): unknown {
  try {
    return request.json();
  } catch {
    throw new EngineError('malformed_payload', 'The json payload provided is malformed.');
  }
}

function ok(body: object): Answer {
  return { status: 200, body };
}

function accepted({ uid, indexUid, status, type, enqueuedAt }: Task): Answer {
  return { status: 202, body: { taskUid: uid, indexUid, status, type, enqueuedAt } };
}

function describeIndex({ uid, createdAt, updatedAt, primaryKey }: SearchIndex): object {
  return { uid, createdAt, updatedAt, primaryKey };
}

function describeSize({ size }: SearchIndex): object {
  return { numberOfDocuments: size, isIndexing: false, fieldDistribution: {} };
}

function describeAll(engine: Engine): object {
  const indexes = Object.fromEntries(engine.list().map((index) => [index.uid, describeSize(index)]));
  return { databaseSize: 0, usedDatabaseSize: 0, lastUpdate: null, indexes };
}

function readRange(query: URLSearchParams): { offset: number; limit: number } {
  return { offset: Number(query.get('offset') ?? 0), limit: Number(query.get('limit') ?? 20) };
}

function pageOf(all: object[], query: URLSearchParams): object {
  const { offset, limit } = readRange(query);
  return { results: all.slice(offset, offset + limit), offset, limit, total: all.length };
}

function listDocuments(index: SearchIndex, query: URLSearchParams, filter?: unknown): object {
  const isWanted = compileFilter(filter, filterablePatterns(index.settings), 'invalid_document_filter');
  return pageOf([...index.all()].filter(isWanted), query);
}

function putDocuments({ engine, at, query, json }: Call, mode: 'replace' | 'update'): Answer {
  const documents = [json()].flat() as Document[];
  return accepted(engine.putDocuments(at('uid'), documents, mode, query.get('primaryKey')));
}

function readSetting(path: string): NonNullable<ReturnType<typeof settingOfPath>> {
  const setting = settingOfPath(path);
  if (!setting) throw new EngineError('not_found', `The stand-in has no setting ${path}`);
  return setting;
}

/** The first error fails all of it. */
function searchMany(engine: Engine, body: unknown): object {
  const { queries, federation } = body as { queries?: Record<string, unknown>[]; federation?: unknown };
  if (!queries) throw new EngineError('bad_request', 'Missing field `queries`');
  if (federation !== undefined && federation !== null)
    throw new EngineError('bad_request', 'The stand-in does not federate searches');
  const results = queries.map(({ indexUid, ...params }, at) => {
    if (typeof indexUid !== 'string')
      throw new EngineError('missing_index_uid', `Missing field \`indexUid\` inside \`.queries[${at}]\``);
    try {
      return { indexUid, ...search(engine.find(indexUid), readParams(params)) };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new EngineError(error.code, `Inside \`.queries[${at}]\`: ${error.message}`, 400);
    }
  });
  return { results };
}

function listTasks(engine: Engine, query: URLSearchParams): object {
  const among = (name: string) => query.get(name)?.split(',');
  const [uids, statuses, types, indexUids] = ['uids', 'statuses', 'types', 'indexUids'].map(among);
  const wanted = engine.tasks
    .list()
    .filter(
      (task) =>
        (uids?.includes(String(task.uid)) ?? true) &&
        (statuses?.includes(task.status) ?? true) &&
        (types?.includes(task.type) ?? true) &&
        (indexUids?.includes(task.indexUid ?? '') ?? true),
    );
  const limit = Number(query.get('limit') ?? 20);
  const from = query.get('from');
  const rest = from === null ? wanted : wanted.filter(({ uid }) => uid <= Number(from));
  const results = rest.slice(0, limit);
  return {
    results,
    total: wanted.length,
    limit,
    from: results[0]?.uid ?? null,
    next: rest[limit]?.uid ?? null,
  };
}
