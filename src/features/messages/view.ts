import type * as z from 'zod';
import type { PersonCard, PersonRow } from '../people/index.ts';
import type { Message, Room } from './schemas.ts';

export type MessageRow = {
  id: string;
  roomId: string;
  sequence: number;
  senderId: string;
  text: string;
  clientKey: string | null;
  createdAt: Date;
};

export type MessageView = z.input<typeof Message>;

/** A message as one of the two sees it. A row without text has lost it with its author. */
export function toMessage(row: MessageRow, viewerId: string): MessageView {
  const isMine = row.senderId === viewerId;
  return {
    id: row.id,
    roomId: row.roomId,
    sequence: row.sequence,
    isMine,
    text: row.text === '' ? null : row.text,
    clientId: isMine ? row.clientKey : null,
    at: row.createdAt.toISOString(),
  };
}

export type RoomRow = {
  roomId: string;
  lastSequence: number;
  readSequence: number;
  isMuted: boolean;
  theirReadSequence: number | null;
  isShown: boolean;
  person: PersonRow | null;
  lastMessage: MessageRow | null;
};

/** A room as its list shows it. Of somebody who left or has a block with me nothing shows. */
export function toRoom(
  row: RoomRow,
  viewerId: string,
  toPerson: (row: PersonRow) => z.input<typeof PersonCard>,
): z.input<typeof Room> {
  const person = row.isShown && row.person ? toPerson(row.person) : null;
  return {
    id: row.roomId,
    person,
    lastMessage: row.lastMessage && toMessage(row.lastMessage, viewerId),
    lastSequence: row.lastSequence,
    readSequence: row.readSequence,
    theirReadSequence: person && row.theirReadSequence,
    unreadCount: Math.max(0, row.lastSequence - row.readSequence),
    isMuted: row.isMuted,
  };
}
