/** Which commands Upstash's REST interface takes, and how their arguments and replies travel. */
import { isRespError, type Argument, type RespReply } from './resp.ts';

/** Blocking commands, those that change the connection, and those that reach beyond one database. */
const REFUSED = new Set(
  (
    'auth hello select quit reset client readonly readwrite asking ' +
    'subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe monitor ' +
    'multi exec discard watch unwatch ' +
    'blpop brpop brpoplpush blmove blmpop bzpopmin bzpopmax bzmpop wait waitaof ' +
    'move swapdb migrate shutdown debug config save bgsave bgrewriteaof lastsave slaveof replicaof failover sync ' +
    'psync replconf cluster module latency slowlog pfdebug pfselftest role'
  ).split(' '),
);

/** The command as Redis takes it, or why it is refused. */
export function readCommand(input: unknown): readonly Argument[] | { error: string } {
  if (!Array.isArray(input) || input.length === 0) return { error: 'ERR empty or malformed command' };
  const command: Argument[] = [];
  for (const argument of input as readonly unknown[]) {
    if (typeof argument === 'string') command.push(argument);
    else if (Buffer.isBuffer(argument)) command.push(argument as Buffer);
    else if (typeof argument === 'number' || typeof argument === 'boolean') command.push(String(argument));
    else return { error: 'ERR malformed argument: strings, numbers and booleans only' };
  }
  const name = String(command[0]).toLowerCase();
  if (REFUSED.has(name) || (name.startsWith('xread') && hasBlock(command))) {
    return { error: `ERR Command is not available: '${name.toUpperCase()}'` };
  }
  // A database here is one of many on one server: what empties all of production's is one of ours.
  if (name === 'flushall') command[0] = 'FLUSHDB';
  return command;
}

/** BLOCK is an option only before STREAMS; after it, a key may have that name. */
function hasBlock(command: readonly Argument[]): boolean {
  const words = command.map((argument) => String(argument).toLowerCase());
  const streams = words.indexOf('streams');
  return words.slice(0, streams < 0 ? undefined : streams).includes('block');
}

export type Encoding = 'plain' | 'base64';

/** The reply as JSON. Base64 covers every string but the status OK on its own; errors inside arrays stay plain. */
export function encodeReply(reply: RespReply, encoding: Encoding): string {
  if (reply === 'OK') return '"OK"';
  return encodeNested(reply, encoding);
}

function encodeNested(reply: RespReply, encoding: Encoding): string {
  if (reply === null) return 'null';
  if (typeof reply === 'number' || typeof reply === 'bigint') return String(reply);
  if (Array.isArray(reply)) return `[${reply.map((item) => encodeNested(item, encoding)).join(',')}]`;
  if (isRespError(reply)) return JSON.stringify(reply.error);
  if (encoding === 'base64') return `"${Buffer.from(reply as Buffer).toString('base64')}"`;
  return JSON.stringify(reply.toString('utf8'));
}

/** `{ result }` or `{ error }`, as JSON. */
export function encodeAnswer(reply: RespReply, encoding: Encoding): string {
  if (isRespError(reply)) return `{"error":${JSON.stringify(reply.error)}}`;
  return `{"result":${encodeReply(reply, encoding)}}`;
}
