/** What all parts of the stand-in share, and the few ways in which a message enters, is noted and leaves. */
import { acceptSubmission, prepareSubmission, type PublishResponse, type Submission } from './accept.ts';
import type { Clock } from './clock.ts';
import type { DeliveryLog, DeliveryState } from './delivery-log.ts';
import type { State } from './state.ts';
import type { Switches } from './switches.ts';
import type { Answer, LogState, Message } from './types.ts';
import type { WaitingList } from './waiting-list.ts';

export type SigningKeys = { current: string; next: string };

export type Broker = {
  state: State;
  waiting: WaitingList;
  clock: Clock;
  switches: Switches;
  keys: SigningKeys;
  deliveries: DeliveryLog;
  /** Something changed: it must be written, and there may be something to deliver. */
  touch(): void;
};

const MAX_LOGS = 20_000;

/** Takes in all of them, or none when one is not valid. One response each, in their order. */
export function submit(broker: Broker, submissions: Submission[]): (PublishResponse | PublishResponse[])[] {
  const { state, clock } = broker;
  const prepared = submissions.map((submission) => prepareSubmission(state, submission));
  const now = clock.now();
  const responses = prepared.map((one) => {
    const { response, added } = acceptSubmission(state, one, now);
    for (const message of added) {
      broker.waiting.add(message);
      broker.deliveries.open(message);
      addLog(broker, message, 'CREATED', { nextDeliveryTime: message.dueAt });
    }
    return response;
  });
  broker.touch();
  return responses;
}

export function addLog(
  { state, clock }: Broker,
  message: Message,
  logState: LogState,
  more: { nextDeliveryTime?: number; answer?: Answer } = {},
): void {
  state.logs.push({ time: clock.now(), state: logState, message, ...more });
  if (state.logs.length > MAX_LOGS) state.logs.splice(0, MAX_LOGS / 10);
}

/** A message is through, well or badly. */
export function closeMessage(broker: Broker, message: Message, end: Exclude<DeliveryState, 'waiting'>): void {
  const { state, deliveries, waiting } = broker;
  waiting.remove(message);
  state.messages.delete(message.messageId);
  deliveries.close(message, end);
  const states = message.scheduleId && state.schedules.get(message.scheduleId)?.lastScheduleStates;
  if (states && message.messageId in states) {
    states[message.messageId] = end === 'delivered' ? 'SUCCESS' : 'FAIL';
  }
}

/** A message under way ends with the attempt that is being made; one that waits ends now. */
export function cancelMessage(broker: Broker, message: Message, isInFlight: boolean): void {
  addLog(broker, message, 'CANCEL_REQUESTED');
  message.isCancelRequested = true;
  if (!isInFlight) {
    addLog(broker, message, 'CANCELLED');
    closeMessage(broker, message, 'cancelled');
  }
  broker.touch();
}
