import { index, int, mysqlTable, primaryKey, unique, varchar } from 'drizzle-orm/mysql-core';
import { exactText, flag, idColumn, timeColumn } from '../platform/db/columns.ts';

/**
 * Rooms between two people: one row each, alike but for what is that person's own. A writer locks both rows, so that the
 * sequence of a room has no gap and no double.
 */
export const roomMembers = mysqlTable(
  'room_members',
  {
    roomId: idColumn('room_id').notNull(),
    userId: idColumn('user_id').notNull(),
    /** Null once that person has been purged. */
    otherId: idColumn('other_id'),
    /** Of the newest message; 0 before the first. */
    lastSequence: int('last_sequence').notNull().default(0),
    lastMessageId: idColumn('last_message_id').notNull().default('0'),
    /** Up to here this person has read; writing counts as reading. */
    readSequence: int('read_sequence').notNull().default(0),
    /** The newest message when this person left the room: it shows again with a newer one. */
    leftSequence: int('left_sequence').notNull().default(0),
    /** Messages this person has written. */
    sentCount: int('sent_count').notNull().default(0),
    isMuted: flag('is_muted').notNull().default(false),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.roomId, table.userId] }),
    unique('room_members_pair').on(table.userId, table.otherId),
    index('room_members_list').on(table.userId, table.lastMessageId),
    index('room_members_other').on(table.otherId),
  ],
);

/** The log of messages. A purged person's text is emptied and its row stays, so that sequences stay whole. */
export const messages = mysqlTable(
  'messages',
  {
    roomId: idColumn('room_id').notNull(),
    /** 1, 2, 3 … in a room. */
    sequence: int('sequence').notNull(),
    id: idColumn('id').notNull(),
    senderId: idColumn('sender_id').notNull(),
    text: varchar('text', { length: 2000 }).notNull(),
    clientKey: exactText('client_key', { length: 64 }),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.roomId, table.sequence] }),
    unique('messages_client_key').on(table.senderId, table.clientKey),
    index('messages_sender').on(table.senderId, table.id),
  ],
);
