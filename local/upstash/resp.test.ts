import { createServer, type Server, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { createRespConnection, parseReply, type RespReply } from './resp.ts';

describe('parsing', () => {
  const replies: [string, RespReply][] = [
    ['+OK\r\n', 'OK'],
    ['-ERR no\r\n', { error: 'ERR no' }],
    [':-12\r\n', -12],
    [':9223372036854775807\r\n', 9_223_372_036_854_775_807n],
    ['$-1\r\n', null],
    ['*-1\r\n', null],
    ['$0\r\n\r\n', Buffer.from('')],
    ['$4\r\na\r\nb\r\n', Buffer.from('a\r\nb')],
    ['*0\r\n', []],
    ['*3\r\n:1\r\n*2\r\n$2\r\nOK\r\n$-1\r\n+QUEUED\r\n', [1, [Buffer.from('OK'), null], 'QUEUED']],
  ];

  test.each(replies)('%j', (text, reply) => {
    const bytes = Buffer.from(`xx${text}rest`);
    expect(parseReply(bytes, 2)).toEqual({ reply, next: 2 + text.length });
  });

  test.each(replies)('%j cut anywhere is not complete', (text) => {
    for (let length = 0; length < text.length; length += 1) {
      expect(parseReply(Buffer.from(text.slice(0, length)), 0)).toBeUndefined();
    }
  });
});

test('many commands in flight get their own answers, large ones too', async () => {
  const connection = createRespConnection(inject('redis'), 40);
  await connection.send([['FLUSHDB']]);
  const large = Buffer.alloc(3_000_000, '가');
  const answers = await Promise.all([
    connection.send([['SET', 'large', large]]),
    ...Array.from({ length: 50 }, (_, at) =>
      connection.send([
        ['SET', `k${at}`, String(at)],
        ['GET', `k${at}`],
      ]),
    ),
    connection.send([['GET', 'large']]),
  ]);
  expect(answers[0]).toEqual(['OK']);
  for (let at = 0; at < 50; at += 1) expect(answers[at + 1]).toEqual(['OK', Buffer.from(String(at))]);
  expect(large.equals(answers.at(-1)![0] as Buffer)).toBe(true);
  await connection.send([['FLUSHDB']]);
  connection.close();
});

test('a database that does not exist gets no command', async () => {
  const connection = createRespConnection(inject('redis'), 9999);
  await expect(connection.send([['SET', 'stray', '1']])).rejects.toThrow('ERR DB index is out of range');
  await expect(connection.send([['SET', 'stray', '1']])).rejects.toThrow('ERR DB index is out of range');
  const first = createRespConnection(inject('redis'), 0);
  expect(await first.send([['EXISTS', 'stray']])).toEqual([0]);
  first.close();
});

describe('a server that breaks off', () => {
  let folder: string;
  let server: Server;
  let sockets: Socket[];

  beforeEach(async () => {
    sockets = [];
    folder = mkdtempSync(join(tmpdir(), 'loopus-resp-'));
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('data', (chunk: Buffer) => {
        for (const _ of chunk.toString().matchAll(/\*\d/g)) socket.write('+OK\r\n');
        if (chunk.includes('FATAL')) socket.destroy();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(join(folder, 's'), resolve);
    });
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
    rmSync(folder, { recursive: true });
  });

  test('what was under way fails, the next command connects anew', async () => {
    const connection = createRespConnection({ socketPath: join(folder, 's') }, 1);
    expect(await connection.send([['PING']])).toEqual(['OK']);
    const outcome = connection.send([['FATAL'], ['NEVER']]);
    sockets[0]?.destroy();
    await expect(outcome).rejects.toThrow();
    expect(await connection.send([['PING']])).toEqual(['OK']);
    expect(sockets).toHaveLength(2);
    connection.close();
  });

  test('no server is an error, not a wait', async () => {
    const connection = createRespConnection({ socketPath: join(folder, 'none') }, 1);
    await expect(connection.send([['PING']])).rejects.toThrow('ENOENT');
  });
});
