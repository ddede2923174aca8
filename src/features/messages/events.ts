import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Id } from '../../platform/http/schemas.ts';

/** Somebody wrote a message. */
export const messageSent = defineEvent(
  'message.sent',
  z.object({ roomId: Id, sequence: z.number().int(), senderId: Id, recipientId: Id }),
);
/** Somebody has read further than before. */
export const messagesRead = defineEvent('messages.read', z.object({ roomId: Id, userId: Id }));
