/** Which of the messages that are due may start now: FIFO queues and flow control. Valid for one moment. */
import { countStart, findOpening, isOpen } from './flow-control.ts';
import type { State } from './state.ts';
import type { Message } from './types.ts';

export type Gates = {
  isOpen(message: Message): boolean;
  /** Must be told of every start, which may close a gate for the next message. */
  noteStart(message: Message): void;
};

/** `active` holds how many calls of each flow-control key are under way. */
export function createGates(state: State, active: ReadonlyMap<string, number>, now: number): Gates {
  const started = countOccupants(state);

  function isQueueOpen(message: Message): boolean {
    if (!message.queueName) return true;
    const queue = state.queues.get(message.queueName);
    if (queue?.isPaused) return false;
    return message.hasStarted || (started.get(message.queueName) ?? 0) < (queue?.parallelism ?? 1);
  }

  return {
    isOpen(message) {
      const control = findControl(state, message);
      if (control && !isOpen(control, active.get(control.key) ?? 0, now)) return false;
      return isQueueOpen(message);
    },
    noteStart(message) {
      const control = findControl(state, message);
      if (control) countStart(control, now);
      if (message.queueName && !message.hasStarted) {
        started.set(message.queueName, (started.get(message.queueName) ?? 0) + 1);
      }
    },
  };
}

/** The first moment at which a key that its rate has closed opens again. */
export function findNextOpening(
  { flowControls }: State,
  active: ReadonlyMap<string, number>,
  now: number,
): number | undefined {
  let first: number | undefined;
  for (const control of flowControls.values()) {
    const opening = findOpening(control, active.get(control.key) ?? 0, now);
    if (opening !== undefined && (first === undefined || opening < first)) first = opening;
  }
  return first;
}

/** A queue's place is taken from the first attempt until the message and its callbacks are through. */
function countOccupants({ queues, messages }: State): Map<string, number> {
  const counts = new Map<string, number>();
  if (queues.size === 0) return counts;
  for (const message of messages.values()) {
    const name = message.hasStarted && message.queueName ? message.queueName : message.blockedQueue;
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function findControl(state: State, message: Message) {
  const key = message.settings.flowControl?.key;
  return key === undefined ? undefined : state.flowControls.get(key);
}
