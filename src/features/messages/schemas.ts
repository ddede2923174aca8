import * as z from 'zod';
import { Id, multiLineText, pageOf, Time } from '../../platform/http/schemas.ts';
import { PersonCard } from '../people/index.ts';

export const MAX_TEXT = 2000;
/** An INT of MySQL. */
export const Sequence = z.number().int().min(0).max(2_147_483_647);

export const RoomParams = z.strictObject({ roomId: Id });
export const PersonParams = z.strictObject({ userId: Id });
export const SendMessage = z.strictObject({ text: multiLineText(MAX_TEXT, 1) });
export const MarkRead = z.strictObject({
  sequence: Sequence.min(1).meta({ description: 'Of the newest message I have seen' }),
});

const QuerySequence = z.coerce.number().int().min(0).max(2_147_483_647);
export const HistoryQuery = z
  .strictObject({
    after: QuerySequence.optional().meta({ description: 'Messages after this sequence, oldest first' }),
    before: QuerySequence.optional().meta({ description: 'Messages before this sequence, newest first' }),
    limit: z.coerce.number().int().min(1).max(100).default(30),
  })
  .refine(({ after, before }) => after === undefined || before === undefined, {
    message: 'after_or_before',
    path: ['after'],
  });

export const Message = z
  .object({
    id: Id,
    roomId: Id,
    sequence: Sequence.meta({ description: '1, 2, 3 … in the room, without gaps' }),
    isMine: z.boolean(),
    text: z.string().nullable().meta({ description: 'null: gone with the account that wrote it' }),
    clientId: z.string().nullable().meta({ description: 'Of my own: the Idempotency-Key it was sent with' }),
    at: Time,
  })
  .meta({ id: 'Message' });

export const MessageList = z
  .object({ items: z.array(Message), hasMore: z.boolean() })
  .meta({ id: 'MessageList' });

export const Room = z
  .object({
    id: Id,
    person: PersonCard.nullable().meta({ description: 'null: show 알수없음; nothing can be sent' }),
    lastMessage: Message.nullable(),
    lastSequence: Sequence,
    readSequence: Sequence.meta({ description: 'Up to here I have read' }),
    theirReadSequence: Sequence.nullable().meta({ description: 'Up to here they have; null with person' }),
    unreadCount: z.number().int(),
    isMuted: z.boolean(),
  })
  .meta({ id: 'Room' });

export const RoomPage = pageOf(Room);
