/** Draws the consequences of an attempt: log entries, callbacks, the next attempt or the dead letters. */
import { addLog, closeMessage, submit, type Broker } from './broker.ts';
import { buildCallback } from './callbacks.ts';
import { decideOutcome } from './outcome.ts';
import type { Answer, DeadLetter, Message } from './types.ts';

export function concludeAttempt(broker: Broker, message: Message, answer: Answer): void {
  const now = broker.clock.now();
  const { callback, failureCallback } = message.settings;
  const outcome = decideOutcome(message, answer, now);
  if (outcome.kind !== 'delivered') addLog(broker, message, 'ERROR', { answer });
  if (callback) submit(broker, [buildCallback(callback, message, answer, undefined)]);
  if (outcome.kind === 'delivered') {
    addLog(broker, message, 'DELIVERED');
    closeMessage(broker, message, 'delivered');
  } else if (message.isCancelRequested) {
    addLog(broker, message, 'CANCELLED');
    closeMessage(broker, message, 'cancelled');
  } else if (outcome.kind === 'retry') {
    message.retried += 1;
    message.dueAt = now + outcome.delayMs;
    broker.waiting.add(message);
    addLog(broker, message, 'RETRY', { nextDeliveryTime: message.dueAt });
  } else {
    const { dlqId } = bury(broker, message, answer);
    addLog(broker, message, 'FAILED');
    if (failureCallback) submit(broker, [buildCallback(failureCallback, message, answer, dlqId)]);
    closeMessage(broker, message, 'failed');
  }
  broker.touch();
}

function bury({ state, clock }: Broker, message: Message, answer: Answer): DeadLetter {
  const failedAt = clock.now();
  const letter: DeadLetter = {
    dlqId: `${failedAt}-${message.sequence}`,
    message,
    failedAt,
    responseStatus: answer.status,
    responseHeader: answer.headers,
    responseBody: answer.body,
  };
  state.deadLetters.set(letter.dlqId, letter);
  return letter;
}
