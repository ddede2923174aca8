import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { describeError } from '../../platform/log.ts';
import { findTypingPartner, markRoomRead } from '../messages/index.ts';
import type { ClientFrame, FrameError } from './frames.ts';

/** Does what a client's frame asks for; answers what stood in the way. Never throws. */
export async function handleFrame(ctx: UserCtx, frame: ClientFrame): Promise<FrameError | undefined> {
  try {
    if (frame.type === 'read') await markRoomRead(ctx, frame.roomId, frame.sequence);
    else await showTyping(ctx, frame.roomId);
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'room_not_found') return 'room_not_found';
    ctx.deps.log.error('frame failed', { type: frame.type, ...describeError(error) });
    return 'unavailable';
  }
}

/** Says nothing where there is nobody to show it to: who is blocked does not learn it. */
async function showTyping(ctx: UserCtx, roomId: string): Promise<void> {
  const otherId = await findTypingPartner(ctx, roomId);
  if (otherId !== undefined) await ctx.deps.realtime.deliver(otherId, [{ v: 1, type: 'typing', roomId }]);
}
