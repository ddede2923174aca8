/**
 * Upstash's Redis REST interface (the protocol of @upstash/redis 1.39 and Upstash's page on the REST API) in front of
 * a real Redis. The token chooses a logical database, so that every test worker can have its own.
 */
import { startStandIn, type Reply, type StandIn, type StandInRequest } from '../stand-in.ts';
import type { EngineAddress } from '../engines/mysql.ts';
import { encodeAnswer, readCommand, type Encoding } from './commands.ts';
import {
  createRespConnection,
  isRespError,
  type Argument,
  type RespConnection,
  type RespReply,
} from './resp.ts';

export type UpstashGateway = StandIn & {
  /** The REDIS_TOKEN of a logical database. */
  token(database: number): string;
};

/** Upstash's request size. */
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

type Count = { requests: number; commands: number };

type Call = { connection: RespConnection; encoding: Encoding; count: Count };

/**
 * Starts the gateway on 127.0.0.1. The token itself stands for database 0, `<token>.<n>` for database n. Switches
 * below `/_control/`, beside those of every stand-in: `flush` (POST `{ database }`), `commands` (GET, optional
 * `?database=`: requests and commands carried out) and `commands/reset` (POST, optional `{ database }`).
 */
export async function startUpstashGateway(options: {
  redis: EngineAddress;
  port?: number;
  /** Milliseconds added to every answer. */
  latencyMs?: number;
  token?: string;
}): Promise<UpstashGateway> {
  const token = options.token ?? 'loopus';
  const connections = new Map<number, RespConnection>();
  const counts = new Map<number, Count>();
  let writes = 0;

  function connection(database: number): RespConnection {
    let found = connections.get(database);
    if (!found) connections.set(database, (found = createRespConnection(options.redis, database)));
    return found;
  }

  function count(database: number): Count {
    let found = counts.get(database);
    if (!found) counts.set(database, (found = { requests: 0, commands: 0 }));
    return found;
  }

  async function handle(request: StandInRequest): Promise<Reply> {
    const database = readDatabase(request, token);
    if (database === undefined) return refuse(401, 'Unauthorized');
    const encoding: Encoding = request.headers['upstash-encoding'] === 'base64' ? 'base64' : 'plain';
    const call: Call = { connection: connection(database), encoding, count: count(database) };
    call.count.requests += 1;
    const reply = await answer(request, call);
    writes += 1;
    return {
      ...reply,
      headers: { 'content-type': 'application/json', 'upstash-sync-token': `${database}.${writes}` },
    };
  }

  const standIn = await startStandIn({
    ...(options.port !== undefined && { port: options.port }),
    ...(options.latencyMs !== undefined && { latencyMs: options.latencyMs }),
    handle,
    control: {
      async flush(body: unknown) {
        const { database } = body as { database: number };
        await connection(database).send([['FLUSHDB']]);
        return { database };
      },
      commands: (_body: unknown, url: URL) => sumUp(counts, url.searchParams.get('database')),
      'commands/reset': (body: unknown) => {
        const database = (body as { database?: number } | undefined)?.database;
        if (database === undefined) counts.clear();
        else counts.delete(database);
      },
    },
    async onClose() {
      for (const open of connections.values()) open.close();
    },
  });
  await connection(0)
    .send([['PING']])
    .catch(async (error: unknown) => {
      await standIn.close();
      throw error;
    });
  return { ...standIn, token: (database) => (database === 0 ? token : `${token}.${database}`) };
}

function refuse(status: number, error: string): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
}

function readDatabase(request: StandInRequest, token: string): number | undefined {
  const given =
    /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? request.url.searchParams.get('_token');
  if (given === token) return 0;
  const number = given?.startsWith(`${token}.`) ? given.slice(token.length + 1) : '';
  return /^\d{1,4}$/.test(number) ? Number(number) : undefined;
}

function sumUp(counts: ReadonlyMap<number, Count>, database: string | null): Count {
  const chosen = database === null ? [...counts.values()] : [counts.get(Number(database))];
  return chosen.reduce<Count>(
    (sum, entry) => ({
      requests: sum.requests + (entry?.requests ?? 0),
      commands: sum.commands + (entry?.commands ?? 0),
    }),
    { requests: 0, commands: 0 },
  );
}

async function answer(request: StandInRequest, call: Call): Promise<Reply> {
  if (!['HEAD', 'GET', 'POST', 'PUT'].includes(request.method)) return refuse(405, 'ERR method not allowed');
  if (request.body.length > MAX_REQUEST_BYTES) {
    const sizes = `Limit: ${MAX_REQUEST_BYTES} bytes, Actual: ${request.body.length} bytes`;
    return refuse(400, `ERR max request size exceeded. ${sizes}`);
  }
  const [path = '/'] = request.path.split('?');
  if (path === '/pipeline') return await runPipeline(request, call);
  if (path === '/multi-exec') return await runTransaction(request, call);
  if (path !== '/') {
    const command = readPath(path, request);
    return command ? await runOne(command, call) : refuse(400, 'ERR malformed path');
  }
  const command = readJson(request);
  return command === undefined ? refuse(400, 'ERR failed to parse command') : await runOne(command, call);
}

function readJson(request: StandInRequest): unknown {
  try {
    return request.json();
  } catch {
    return undefined;
  }
}

/** `/set/foo/bar?EX=100`: the body goes after the path's arguments, the query's words after the body. */
function readPath(path: string, request: StandInRequest): Argument[] | undefined {
  let command: Argument[];
  try {
    command = path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
  if (request.body.length > 0) command.push(request.body);
  for (const [name, value] of request.url.searchParams) {
    if (name === '_token') continue;
    command.push(name);
    if (value !== '') command.push(value);
  }
  return command;
}

async function runOne(input: unknown, call: Call): Promise<Reply> {
  const command = readCommand(input);
  if ('error' in command) return refuse(400, command.error);
  call.count.commands += 1;
  const [reply = null] = await call.connection.send([command]);
  return { status: isRespError(reply) ? 400 : 200, body: encodeAnswer(reply, call.encoding) };
}

function readCommands(request: StandInRequest): (readonly Argument[] | { error: string })[] | undefined {
  const input = readJson(request);
  return Array.isArray(input) && input.length > 0 ? input.map(readCommand) : undefined;
}

async function runPipeline(request: StandInRequest, call: Call): Promise<Reply> {
  const commands = readCommands(request);
  if (!commands) return refuse(400, 'ERR failed to parse pipeline request');
  const allowed = commands.filter((command): command is readonly Argument[] => !('error' in command));
  call.count.commands += allowed.length;
  const replies = allowed.length > 0 ? await call.connection.send(allowed) : [];
  let next = 0;
  const answers = commands.map((command): RespReply =>
    'error' in command ? command : (replies[next++] ?? null),
  );
  return { status: 200, body: `[${answers.map((reply) => encodeAnswer(reply, call.encoding)).join(',')}]` };
}

/** All or nothing: a command that Redis does not even queue discards the transaction. */
async function runTransaction(request: StandInRequest, call: Call): Promise<Reply> {
  const commands = readCommands(request);
  if (!commands) return refuse(400, 'ERR failed to parse transaction request');
  const refused = commands.find((command) => 'error' in command);
  if (refused && 'error' in refused) return refuse(400, refused.error);
  call.count.commands += commands.length;
  const replies = await call.connection.send([['MULTI'], ...(commands as (readonly Argument[])[]), ['EXEC']]);
  const results = replies.at(-1);
  if (!Array.isArray(results)) {
    const cause = replies.find(isRespError) ?? { error: 'EXECABORT transaction discarded' };
    return refuse(400, cause.error);
  }
  return { status: 200, body: `[${results.map((reply) => encodeAnswer(reply, call.encoding)).join(',')}]` };
}
