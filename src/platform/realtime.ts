import type { Deps } from './context.ts';
import { describeError } from './log.ts';

/** What a person's channel can be asked to do. The Durable Object class in src/channel.ts is one. */
export type Channel = {
  fetch(request: Request): Promise<Response>;
  deliver(frames: string[]): Promise<number>;
  endSessions(sessionIds: string[]): Promise<void>;
};

/** As much of a Durable Object namespace as is used here. */
export type ChannelNamespace = {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId, options?: { locationHint?: DurableObjectLocationHint }): Channel;
};

/**
 * The way to the sockets of people: one object a person, which holds nothing that cannot be had from MySQL and may die
 * at any moment. Frames are JSON objects (docs/realtime.md).
 */
export type Realtime = {
  /** Hands the upgrade of a session's socket over; answers 101. */
  connect(userId: string, sessionId: string): Promise<Response>;
  /** Sends to all of a person's sockets. Answers how many of them are known to be alive. Throws when the object does not answer. */
  deliver(userId: string, frames: readonly object[]): Promise<number>;
  /** Closes the sockets of these sessions. */
  endSessions(userId: string, sessionIds: readonly string[]): Promise<void>;
};

/** Where the database is; taken at an object's first use, as a hint. */
const LOCATION = 'apac-ne' as DurableObjectLocationHint;

export function createRealtime(namespace: ChannelNamespace): Realtime {
  const channelOf = (userId: string) =>
    namespace.get(namespace.idFromName(userId), { locationHint: LOCATION });
  return {
    connect: (userId, sessionId) =>
      channelOf(userId).fetch(
        new Request(`https://channel/${userId}/${sessionId}`, { headers: { upgrade: 'websocket' } }),
      ),
    deliver: (userId, frames) => channelOf(userId).deliver(frames.map((frame) => JSON.stringify(frame))),
    endSessions: (userId, sessionIds) => channelOf(userId).endSessions([...sessionIds]),
  };
}

/** People that get a hint from one run of a reaction, at most: the others see it when they look. */
const MAX_HINTED = 100;
const AT_ONCE = 6;

/** Sends each person a frame that may be lost: what it hints at stands in MySQL. Never throws. */
export async function sendHints(
  { realtime, log }: Deps,
  hints: readonly { userId: string; frame: object }[],
): Promise<void> {
  const byPerson = [...Map.groupBy(hints, ({ userId }) => userId)].slice(0, MAX_HINTED);
  for (let start = 0; start < byPerson.length; start += AT_ONCE) {
    const group = byPerson.slice(start, start + AT_ONCE);
    const sent = await Promise.allSettled(
      group.map(([userId, mine]) =>
        realtime.deliver(
          userId,
          mine.map(({ frame }) => frame),
        ),
      ),
    );
    for (const one of sent) if (one.status === 'rejected') log.warn('hint lost', describeError(one.reason));
  }
}
