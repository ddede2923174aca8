/** The messages that are not under way, in the order in which they are due. */
import type { Message } from './types.ts';

export type WaitingList = ReturnType<typeof createWaitingList>;

export function createWaitingList(messages: Iterable<Message>) {
  let waiting = [...messages].toSorted(compareDue);

  /** The index of the first message for which `isBefore` no longer holds. */
  function findIndex(isBefore: (message: Message) => boolean): number {
    let [low, high] = [0, waiting.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const message = waiting[middle];
      if (message && isBefore(message)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function findPlace(message: Message): number {
    return findIndex((other) => compareDue(other, message) < 0);
  }

  function findFirstAfter(time: number): number {
    return findIndex((message) => message.dueAt <= time);
  }

  return {
    add(message: Message): void {
      waiting.splice(findPlace(message), 0, message);
    },
    /** Must come before a change of `dueAt`. Nothing happens when the message is not waiting. */
    remove(message: Message): void {
      const index = findPlace(message);
      if (waiting[index] === message) waiting.splice(index, 1);
    },
    /** Those due by `time`, first due first. A copy: it stays valid while the list changes. */
    listDue(time: number): Message[] {
      return waiting.slice(0, findFirstAfter(time));
    },
    /** When the first one after `time` falls due. */
    nextDueAfter(time: number): number | undefined {
      return waiting[findFirstAfter(time)]?.dueAt;
    },
    clear(): void {
      waiting = [];
    },
  };
}

function compareDue(a: Message, b: Message): number {
  return a.dueAt - b.dueAt || a.sequence - b.sequence;
}
