/** The channels of people without Durable Objects: keeps what would go out, and connects whom a test wants connected. */
import type { Channel } from '../../src/platform/realtime.ts';
import type { AnyJson } from './app.ts';

export type TestChannels = {
  /** Frames to a person so far, oldest first. */
  framesTo(userId: string): AnyJson[];
  /** From now on this person has so many sockets. */
  connect(userId: string, sockets: number): void;
  /** Sessions whose sockets were closed. */
  ended: string[];
  /** From now on no channel answers, or again. */
  setBroken(isBroken: boolean): void;
  /** The binding. */
  namespace: { idFromName(name: string): string; get(name: string): Channel };
};

export function createTestChannels(): TestChannels {
  const frames = new Map<string, string[]>();
  const sockets = new Map<string, number>();
  const ended: string[] = [];
  let isBroken = false;

  function channelOf(userId: string): Channel {
    return {
      async fetch() {
        throw new Error('sockets are tested through the real Worker');
      },
      async deliver(sent) {
        if (isBroken) throw new Error('the channel does not answer');
        frames.set(userId, [...(frames.get(userId) ?? []), ...sent]);
        return sockets.get(userId) ?? 0;
      },
      async endSessions(ids) {
        ended.push(...ids);
      },
    };
  }

  return {
    framesTo: (userId) => (frames.get(userId) ?? []).map((text) => JSON.parse(text) as AnyJson),
    connect: (userId, count) => sockets.set(userId, count),
    ended,
    setBroken(value) {
      isBroken = value;
    },
    namespace: { idFromName: (name) => name, get: channelOf },
  };
}
