/**
 * A thin RESP2 client. Libraries decode replies (a hash becomes an object) and hide whether a reply was a status or a
 * string, which the REST interface must know: `OK` the status travels plain, `OK` the string in base64.
 */
import { connect, type Socket } from 'node:net';
import type { EngineAddress } from '../engines/mysql.ts';

export type Argument = string | Buffer;

/** A status is a string, a string is a Buffer, an integer beyond 2^53 is a bigint. */
export type RespReply = string | Buffer | number | bigint | null | RespError | RespReply[];

/** An error reply: a value, as it may stand among others in an array. */
export type RespError = { error: string };

export function isRespError(reply: RespReply): reply is RespError {
  return typeof reply === 'object' && reply !== null && 'error' in reply;
}

export type RespConnection = {
  /** Writes all commands at once, so nothing of others comes between. Rejects when the connection breaks. */
  send(commands: readonly (readonly Argument[])[]): Promise<RespReply[]>;
  close(): void;
};

type Waiting = {
  left: number;
  replies: RespReply[];
  resolve(replies: RespReply[]): void;
  reject(error: Error): void;
};

/** A connection to one logical database, opened by the first command and again after it broke. */
export function createRespConnection(address: EngineAddress, database: number): RespConnection {
  let opening: Promise<Socket> | undefined;
  let socket: Socket | undefined;
  let waiting: Waiting[] = [];
  let pending: Buffer = Buffer.alloc(0);

  /** No command is written before the database is chosen: it would reach another's. */
  async function open(): Promise<Socket> {
    const opened =
      'socketPath' in address ? connect(address.socketPath) : connect(address.port, address.host);
    socket = opened;
    opened.setNoDelay(true);
    opened.on('data', receive);
    opened.on('error', (error) => fail(opened, error));
    opened.on('close', () => fail(opened, new Error('Redis closed the connection')));
    const [reply = null] = await write(opened, [['SELECT', String(database)]]);
    if (!isRespError(reply)) return opened;
    opened.destroy();
    fail(opened, new Error(reply.error));
    throw new Error(reply.error);
  }

  function fail(failed: Socket, error: Error): void {
    if (socket !== failed) return;
    socket = undefined;
    opening = undefined;
    pending = Buffer.alloc(0);
    const lost = waiting;
    waiting = [];
    for (const entry of lost) entry.reject(error);
  }

  function receive(chunk: Buffer): void {
    const bytes = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    let offset = 0;
    for (;;) {
      const [entry] = waiting;
      const parsed = entry && parseReply(bytes, offset);
      if (!parsed) break;
      offset = parsed.next;
      entry.replies.push(parsed.reply);
      entry.left -= 1;
      if (entry.left > 0) continue;
      waiting.shift();
      entry.resolve(entry.replies);
    }
    pending = bytes.subarray(offset);
  }

  function write(target: Socket, commands: readonly (readonly Argument[])[]): Promise<RespReply[]> {
    return new Promise((resolve, reject) => {
      waiting.push({ left: commands.length, replies: [], resolve, reject });
      target.write(encodeCommands(commands));
    });
  }

  return {
    async send(commands) {
      opening ??= open();
      return await write(await opening, commands);
    },
    close() {
      socket?.destroy();
    },
  };
}

function encodeCommands(commands: readonly (readonly Argument[])[]): Buffer | string {
  if (commands.every((command) => command.every((argument) => typeof argument === 'string'))) {
    return commands.map((command) => encodeText(command as readonly string[])).join('');
  }
  const parts: Buffer[] = [];
  for (const command of commands) {
    parts.push(Buffer.from(`*${command.length}\r\n`));
    for (const argument of command) {
      const bytes = typeof argument === 'string' ? Buffer.from(argument) : argument;
      parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
    }
  }
  return Buffer.concat(parts);
}

function encodeText(command: readonly string[]): string {
  let text = `*${command.length}\r\n`;
  for (const argument of command) text += `$${Buffer.byteLength(argument)}\r\n${argument}\r\n`;
  return text;
}

type Parsed = { reply: RespReply; next: number };

/** One reply from `offset` on, or undefined while it is not complete. */
export function parseReply(bytes: Buffer, offset: number): Parsed | undefined {
  const end = bytes.indexOf('\r\n', offset, 'latin1');
  if (end < 0) return undefined;
  const next = end + 2;
  const line = bytes.toString('utf8', offset + 1, end);
  switch (bytes[offset]) {
    case PLUS:
      return { reply: line, next };
    case MINUS:
      return { reply: { error: line }, next };
    case COLON:
      return { reply: parseInteger(line), next };
    case DOLLAR:
      return parseBulk(bytes, next, Number(line));
    case STAR:
      return parseArray(bytes, next, Number(line));
    default:
      throw new Error(`not RESP2: ${line}`);
  }
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const COLON = 0x3a;
const DOLLAR = 0x24;
const STAR = 0x2a;

function parseInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function parseBulk(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { reply: null, next: start };
  const end = start + length;
  return bytes.length < end + 2 ? undefined : { reply: bytes.subarray(start, end), next: end + 2 };
}

function parseArray(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { reply: null, next: start };
  const replies: RespReply[] = [];
  let next = start;
  for (let index = 0; index < length; index += 1) {
    const parsed = parseReply(bytes, next);
    if (!parsed) return undefined;
    replies.push(parsed.reply);
    next = parsed.next;
  }
  return { reply: replies, next };
}
