import * as z from 'zod';
import { Id } from '../../platform/http/schemas.ts';
import { Message, Sequence } from '../messages/index.ts';

/** Of the protocol (docs/realtime.md). Changes only add. */
export const PROTOCOL_VERSION = 1;

/** Characters of one frame from a client. */
export const MAX_FRAME_LENGTH = 4096;
/** Frames from one socket in a window (milliseconds). */
export const MAX_FRAMES = 30;
export const FRAME_WINDOW_MS = 10_000;
/** Sockets of one person at once: the oldest is closed for a new one. */
export const MAX_SOCKETS = 10;
/** Typing in one room is passed on this often (milliseconds). */
export const TYPING_EVERY_MS = 2_000;
/** A client sends `ping` every 30 s; one that has been silent for so long (milliseconds) is taken for gone. */
export const SILENT_MS = 90_000;

export const CLOSE_CODES = {
  unsupported: 1003,
  too_large: 1009,
  session_ended: 4001,
  too_many_sockets: 4008,
  silent: 4009,
  flood: 4029,
} as const;
export type CloseReason = keyof typeof CLOSE_CODES;

const V = z.literal(PROTOCOL_VERSION);

/** What a client may say: nothing that writes more than a read position. */
export const ClientFrame = z.discriminatedUnion('type', [
  z.strictObject({ v: V, type: z.literal('read'), roomId: Id, sequence: Sequence.min(1) }),
  z.strictObject({ v: V, type: z.literal('typing'), roomId: Id }),
]);
export type ClientFrame = z.output<typeof ClientFrame>;

export const FRAME_ERRORS = [
  'bad_json',
  'bad_frame',
  'unknown_type',
  'room_not_found',
  'unavailable',
] as const;
export type FrameError = (typeof FRAME_ERRORS)[number];

/** What the server says. Clients ignore types they do not know. */
export const ServerFrame = z.discriminatedUnion('type', [
  z.object({ v: V, type: z.literal('hello'), pingSeconds: z.number().int() }),
  z.object({ v: V, type: z.literal('message'), message: Message }),
  z.object({
    v: V,
    type: z.literal('read'),
    roomId: Id,
    by: z.enum(['me', 'them']),
    sequence: Sequence,
  }),
  z.object({ v: V, type: z.literal('typing'), roomId: Id }),
  z.object({ v: V, type: z.literal('notification'), kind: z.string() }),
  z.object({ v: V, type: z.literal('error'), code: z.enum(FRAME_ERRORS) }),
]);
export type ServerFrame = z.input<typeof ServerFrame>;

/** Reads a client's frame, or says what is wrong with it. */
export function readFrame(text: string): ClientFrame | FrameError {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'bad_json';
  }
  const known = ClientFrame.safeParse(value);
  if (known.success) return known.data;
  const type = (value as { type?: unknown } | null)?.type;
  return type === 'read' || type === 'typing' || typeof type !== 'string' ? 'bad_frame' : 'unknown_type';
}
