/** The messages that are not under way, in the order in which they are due. */
import type { Message } from './types.ts';

export type WaitingList = ReturnType<typeof createWaitingList>;

export function createWaitingList(messages: Iterable<Message>) {
  let waiting = [...messages].toSorted(compareDue);

  /** Where a message stands or would stand. */
  function findIndex(message: Message): number {
    let [low, high] = [0, waiting.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = waiting[middle];
      if (other && compareDue(other, message) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(message: Message): void {
      waiting.splice(findIndex(message), 0, message);
    },
    /** Must come before a change of `dueAt`. Nothing happens when the message is not waiting. */
    remove(message: Message): void {
      const index = findIndex(message);
      if (waiting[index] === message) waiting.splice(index, 1);
    },
    /** Those due by `time`, first due first. A copy: it stays valid while the list changes. */
    listDue(time: number): Message[] {
      const end = waiting.findIndex((message) => message.dueAt > time);
      return end < 0 ? [...waiting] : waiting.slice(0, end);
    },
    /** When the first one after `time` falls due. */
    nextDueAfter(time: number): number | undefined {
      return waiting.find((message) => message.dueAt > time)?.dueAt;
    },
    clear(): void {
      waiting = [];
    },
  };
}

function compareDue(a: Message, b: Message): number {
  return a.dueAt - b.dueAt || a.sequence - b.sequence;
}
