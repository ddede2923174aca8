/** Messages: rooms between two people, their logs, and what goes out when something happens in them. */
export { messageEndpoints } from './routes.ts';
export { messageReactions } from './reactions.ts';
export { Message, Sequence } from './schemas.ts';
export { countUnreadMessages } from './queries.ts';
export { findTypingPartner, markRoomRead } from './use-room.ts';
export { messageExportSteps, messagePurgeSteps } from './retention.ts';
