/**
 * Stands in for a Meilisearch server: its HTTP interface as the official client uses it, on a search of our own that is
 * good enough to develop against. What it cannot do it refuses. Indexes live in memory, and in a file between runs.
 */
import { existsSync, readFileSync } from 'node:fs';
import { startStandIn, type Reply, type StandIn, type StandInRequest } from '../stand-in.ts';
import { writePrivately } from '../state.ts';
import { createEngine, type EngineState } from './engine.ts';
import { EngineError, toReply } from './errors.ts';
import { answerRequest } from './routes.ts';
import type { TaskFault } from './tasks.ts';

/**
 * Starts it on 127.0.0.1. `key` is the MEILI_KEY; `<key>.<name>` is the same key under a name of its own, so that those
 * who share a stand-in can have faults of their own. Switches below `/_control/`, beside those of every stand-in:
 * `tasks` (POST `{ prefix, fault? }`: tasks of indexes whose name begins so are held, slow or fail), `lose` (POST
 * `{ prefix }`: those indexes are gone) and `garbage` (POST `{ authorization, isOn }`: answers to that caller are no JSON).
 */
export async function startMeilisearch(options: {
  key: string;
  port?: number;
  /** Milliseconds added to every answer. */
  latencyMs?: number;
  /** Where the indexes are kept over a restart; read at the start, written at the end. */
  statePath?: string;
}): Promise<StandIn> {
  const { statePath } = options;
  const engine = createEngine(readState(statePath), () => new Date());
  const garbled = new Set<string>();

  async function handle(request: StandInRequest): Promise<Reply> {
    if (garbled.has(request.headers.authorization ?? '')) return { status: 200, body: '<html>{"hits":' };
    if (request.method === 'GET' && request.url.pathname === '/health')
      return { status: 200, body: { status: 'available' } };
    try {
      requireKey(request, options.key);
      const { status, body } = answerRequest(engine, request);
      // An attribute of the settings may be null, which is an answer too.
      return body === null ? { status, body: 'null', headers: JSON_TYPE } : { status, body };
    } catch (error) {
      if (error instanceof EngineError) return toReply(error);
      throw error;
    }
  }

  return startStandIn({
    port: options.port ?? 0,
    latencyMs: options.latencyMs ?? 0,
    handle,
    control: {
      tasks(body) {
        const { prefix, fault } = body as { prefix: string; fault?: TaskFault };
        engine.tasks.setFault(prefix, fault);
      },
      lose: (body) => engine.lose((body as { prefix: string }).prefix),
      garbage(body) {
        const { authorization, isOn } = body as { authorization: string; isOn: boolean };
        if (isOn) garbled.add(authorization);
        else garbled.delete(authorization);
      },
    },
    async onClose() {
      engine.tasks.close();
      if (statePath) writePrivately(statePath, JSON.stringify(engine.save()));
    },
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };

function requireKey({ headers }: StandInRequest, key: string): void {
  const [, given] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  if (given === undefined)
    throw new EngineError(
      'missing_authorization_header',
      'The Authorization header is missing. It must use the bearer authorization method.',
    );
  if (given !== key && !given.startsWith(`${key}.`))
    throw new EngineError('invalid_api_key', 'The provided API key is invalid.');
}

function readState(path: string | undefined): EngineState | undefined {
  return path && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as EngineState) : undefined;
}
