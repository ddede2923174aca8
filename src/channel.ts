import { DurableObject } from 'cloudflare:workers';
import { createDeps } from './deps.ts';
import { parseEnv } from './env.ts';
import {
  CLOSE_CODES,
  FRAME_WINDOW_MS,
  handleFrame,
  isSessionAlive,
  MAX_FRAME_LENGTH,
  MAX_FRAMES,
  MAX_SOCKETS,
  readFrame,
  SILENT_MS,
  TYPING_EVERY_MS,
  type CloseReason,
} from './features/realtime/index.ts';
import type { UserCtx } from './platform/context.ts';
import type { Channel } from './platform/realtime.ts';

/** What a socket remembers over hibernation: far below the 2 KB that are safe. */
type Attachment = { userId: string; sessionId: string; openedAt: number };

/** Lost when the object sleeps, which takes seconds of silence: a flood never sleeps. */
type Recent = { windowFrom: number; frames: number; typedAt: Map<string, number> };

const PING_SECONDS = 30;

/**
 * One person's channel: the sockets of all their devices. Everything it says stands in MySQL, so it may be evicted at
 * any moment: sockets survive hibernation, and clients whose socket is cut come back and ask from the last sequence
 * they hold.
 */
export class PersonChannel extends DurableObject<object> implements Channel {
  private readonly recent = new WeakMap<WebSocket, Recent>();

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /** Opens a socket for the person and session that the path names: this Worker alone can ask. */
  override async fetch(request: Request): Promise<Response> {
    const [, userId = '', sessionId = ''] = new URL(request.url).pathname.split('/');
    const { 0: client, 1: server } = new WebSocketPair();
    this.makeRoom();
    this.ctx.acceptWebSocket(server, [sessionId]);
    server.serializeAttachment({ userId, sessionId, openedAt: Date.now() } satisfies Attachment);
    if (await isSessionAlive(this.contextOf({ userId, sessionId }).deps, sessionId)) {
      server.send(JSON.stringify({ v: 1, type: 'hello', pingSeconds: PING_SECONDS }));
    } else end(server, 'session_ended');
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Sends frames to every socket; answers how many are known to be alive. */
  async deliver(frames: string[]): Promise<number> {
    const alive = this.ctx.getWebSockets().filter((socket) => this.isAlive(socket));
    for (const socket of alive) {
      for (const frame of frames) send(socket, frame);
    }
    return alive.length;
  }

  async endSessions(sessionIds: string[]): Promise<void> {
    for (const sessionId of sessionIds) {
      for (const socket of this.ctx.getWebSockets(sessionId)) end(socket, 'session_ended');
    }
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (typeof data !== 'string') return end(socket, 'unsupported');
    if (data.length > MAX_FRAME_LENGTH) return end(socket, 'too_large');
    const recent = this.count(socket);
    if (recent.frames > MAX_FRAMES) return end(socket, 'flood');
    const frame = readFrame(data);
    if (typeof frame === 'string') return sendError(socket, frame);
    if (frame.type === 'typing' && !mayType(recent, frame.roomId)) return undefined;
    const fault = await handleFrame(this.contextOf(attachmentOf(socket)), frame);
    if (fault !== undefined) sendError(socket, fault);
    return undefined;
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    // 1005 and 1006 stand for a missing code and may not be sent.
    const isSendable = code === 1000 || (code >= 3000 && code <= 4999);
    try {
      socket.close(isSendable ? code : 1000);
    } catch {
      // It is closed on both sides already.
    }
  }

  private contextOf({ userId, sessionId }: Pick<Attachment, 'userId' | 'sessionId'>): UserCtx {
    const requestId = crypto.randomUUID();
    const deps = createDeps(parseEnv(this.env), requestId, {
      afterAnswer: (work) => this.ctx.waitUntil(work),
    });
    return { deps, actor: { kind: 'user', userId, sessionId }, requestId };
  }

  /** Closes the oldest sockets until one more fits. */
  private makeRoom(): void {
    const open = this.ctx
      .getWebSockets()
      .toSorted((a, b) => attachmentOf(a).openedAt - attachmentOf(b).openedAt);
    for (const socket of open.slice(0, Math.max(0, open.length - MAX_SOCKETS + 1))) {
      end(socket, 'too_many_sockets');
    }
  }

  /** One that has not pinged for long is closed: its device has gone without a word and is to be told by a push. */
  private isAlive(socket: WebSocket): boolean {
    if (socket.readyState !== WebSocket.OPEN) return false;
    const heard =
      this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? attachmentOf(socket).openedAt;
    if (Date.now() - heard <= SILENT_MS) return true;
    end(socket, 'silent');
    return false;
  }

  private count(socket: WebSocket): Recent {
    const now = Date.now();
    const known = this.recent.get(socket);
    const isSameWindow = known !== undefined && now - known.windowFrom < FRAME_WINDOW_MS;
    const recent = isSameWindow ? known : { windowFrom: now, frames: 0, typedAt: new Map<string, number>() };
    recent.frames += 1;
    this.recent.set(socket, recent);
    return recent;
  }
}

function attachmentOf(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}

function mayType({ typedAt }: Recent, roomId: string): boolean {
  const now = Date.now();
  if (now - (typedAt.get(roomId) ?? 0) < TYPING_EVERY_MS) return false;
  typedAt.set(roomId, now);
  return true;
}

function end(socket: WebSocket, reason: CloseReason): void {
  try {
    socket.close(CLOSE_CODES[reason], reason);
  } catch {
    // It is closed already.
  }
}

function send(socket: WebSocket, frame: string): void {
  try {
    socket.send(frame);
  } catch {
    // It closed in this moment; its device asks again when it is back.
  }
}

function sendError(socket: WebSocket, code: string): void {
  send(socket, JSON.stringify({ v: 1, type: 'error', code }));
}
