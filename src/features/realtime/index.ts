/** Real time: how devices connect, and the frames that go both ways. */
export { realtimeEndpoints } from './routes.ts';
export { realtimeReactions } from './reactions.ts';
export { isSessionAlive } from './connect.ts';
export { handleFrame } from './handle-frame.ts';
export {
  ClientFrame,
  CLOSE_CODES,
  FRAME_WINDOW_MS,
  MAX_FRAME_LENGTH,
  MAX_FRAMES,
  MAX_SOCKETS,
  readFrame,
  ServerFrame,
  SILENT_MS,
  TYPING_EVERY_MS,
  type CloseReason,
} from './frames.ts';
