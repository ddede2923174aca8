/** The moving part: starts what is due and allowed, times out what takes too long, and lets the clock be moved. */
import { addLog, type Broker } from './broker.ts';
import { concludeAttempt } from './conclude.ts';
import { buildDeliveryHeaders, deliver } from './deliver.ts';
import { createGates, findNextOpening } from './gates.ts';
import { fireSchedules, nextScheduleTime } from './schedules.ts';
import { signDelivery } from './sign-delivery.ts';
import type { Answer, Message } from './types.ts';

/** Calls under way at once over all messages, as the pay-as-you-go plan has it. */
export const GLOBAL_PARALLELISM = 100;

const DEAD_LETTER_DAYS = 7;
const DAY_MS = 86_400_000;
/** The longest time setTimeout takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type Flight = { message: Message; deadline: number; abort: AbortController };

export type Counts = { inFlight: number; due: number; later: number };

export type Engine = {
  /** Starts what can start, soon. */
  wake(): void;
  isInFlight(messageId: string): boolean;
  /** Calls under way with this flow-control key. */
  countActive(flowControlKey: string): number;
  counts(): Counts;
  /** Starts what can start and waits, at most `patienceMs` of real time, until nothing is under way. */
  settle(patienceMs: number): Promise<void>;
  /**
   * Goes forward to `target` from one event to the next (a message due, a schedule, a time-out, a rate period), so that
   * all happens in its order and at its time. `patienceMs` is how long each step waits for the calls under way.
   */
  moveTo(target: number, patienceMs: number): Promise<void>;
  /** Forgets the calls under way; their answers count no more. */
  abandonAll(): void;
  close(): void;
};

export function createEngine(broker: Broker): Engine {
  const { state, waiting, clock, switches } = broker;
  const flights = new Map<string, Flight>();
  const active = new Map<string, number>();
  const idleListeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let isAwake = false;
  let isClosed = false;
  let moves: Promise<void> = Promise.resolve();

  function wake(): void {
    if (isAwake) return;
    isAwake = true;
    setImmediate(pump);
  }

  function pump(): void {
    isAwake = false;
    if (isClosed) return;
    const now = clock.now();
    forgetOldDeadLetters(now);
    fireSchedules(broker);
    for (const flight of flights.values()) if (flight.deadline <= now) flight.abort.abort();
    if (!switches.hold && !switches.down) startDue(now);
    setTimer(now);
    if (flights.size === 0) for (const notify of idleListeners) notify();
  }

  function listDue(now: number): Message[] {
    const due = waiting.listDue(now - switches.delayMs);
    return switches.reorder ? due.toReversed() : due;
  }

  function startDue(now: number): void {
    const gates = createGates(state, active, now);
    for (const message of listDue(now)) {
      if (flights.size >= GLOBAL_PARALLELISM) return;
      if (!gates.isOpen(message)) continue;
      gates.noteStart(message);
      start(message, now);
    }
  }

  function start(message: Message, now: number): void {
    waiting.remove(message);
    message.hasStarted = true;
    const flight = { message, deadline: now + message.settings.timeoutMs, abort: new AbortController() };
    flights.set(message.messageId, flight);
    countFlight(message, 1);
    addLog(broker, message, 'ACTIVE');
    void fly(flight);
  }

  async function fly(flight: Flight): Promise<void> {
    const { message } = flight;
    const answer = await attempt(flight);
    if (flights.get(message.messageId) !== flight) return;
    flights.delete(message.messageId);
    countFlight(message, -1);
    concludeAttempt(broker, message, answer);
  }

  async function attempt({ message, abort }: Flight): Promise<Answer> {
    if (switches.drop > 0) {
      switches.drop -= 1;
      const headers = buildDeliveryHeaders(message);
      const finish = broker.deliveries.start(message, {
        startedAt: clock.now(),
        isDuplicate: false,
        headers,
      });
      const answer = { status: 0, headers: {}, body: '', error: 'dropped by the switch' };
      finish(answer, clock.now());
      return answer;
    }
    const first = send(message, false, abort.signal);
    const copies = Array.from({ length: switches.duplicate }, () => send(message, true, abort.signal));
    const [answer] = await Promise.all([first, ...copies]);
    return answer;
  }

  async function send(message: Message, isDuplicate: boolean, signal: AbortSignal): Promise<Answer> {
    const headers = {
      ...buildDeliveryHeaders(message),
      'Upstash-Signature': await signDelivery({
        signingKey: broker.keys.current,
        url: message.url,
        body: Buffer.from(message.body, 'base64'),
      }),
    };
    const finish = broker.deliveries.start(message, { startedAt: clock.now(), isDuplicate, headers });
    const answer = await deliver(message, headers, signal);
    finish(answer, clock.now());
    return answer;
  }

  function countFlight(message: Message, change: 1 | -1): void {
    const key = message.settings.flowControl?.key;
    if (key !== undefined) active.set(key, (active.get(key) ?? 0) + change);
  }

  function nextEventAfter(now: number): number | undefined {
    const due = waiting.nextDueAfter(now - switches.delayMs);
    const times = [
      due === undefined ? undefined : due + switches.delayMs,
      nextScheduleTime(broker),
      findNextOpening(state, active, now),
      ...[...flights.values()].map((flight) => flight.deadline),
    ];
    const later = times.filter((time) => time !== undefined && time > now);
    return later.length === 0 ? undefined : Math.min(...(later as number[]));
  }

  function setTimer(now: number): void {
    clearTimeout(timer);
    const next = clock.isFrozen() ? undefined : nextEventAfter(now);
    if (next !== undefined) timer = setTimeout(wake, Math.min(next - now, MAX_TIMER_MS));
  }

  function forgetOldDeadLetters(now: number): void {
    for (const [id, letter] of state.deadLetters) {
      if (letter.failedAt > now - DEAD_LETTER_DAYS * DAY_MS) return;
      state.deadLetters.delete(id);
    }
  }

  async function settle(patienceMs: number): Promise<void> {
    pump();
    if (flights.size === 0 || patienceMs <= 0) return;
    await new Promise<void>((resolve) => {
      function finish(): void {
        clearTimeout(patience);
        idleListeners.delete(finish);
        resolve();
      }
      const patience = setTimeout(finish, patienceMs);
      idleListeners.add(finish);
    });
  }

  async function step(target: number, patienceMs: number): Promise<void> {
    for (;;) {
      await settle(patienceMs);
      const next = nextEventAfter(clock.now());
      if (next === undefined || next > target) break;
      clock.moveTo(Math.max(next, clock.now()));
    }
    clock.moveTo(Math.max(target, clock.now()));
    await settle(patienceMs);
  }

  function abandonAll(): void {
    clearTimeout(timer);
    const abandoned = [...flights.values()];
    flights.clear();
    active.clear();
    for (const flight of abandoned) flight.abort.abort();
    for (const notify of idleListeners) notify();
  }

  return {
    wake,
    settle,
    isInFlight: (messageId) => flights.has(messageId),
    countActive: (key) => active.get(key) ?? 0,
    counts() {
      const due = waiting.listDue(clock.now() - switches.delayMs).length;
      return { inFlight: flights.size, due, later: state.messages.size - flights.size - due };
    },
    async moveTo(target, patienceMs) {
      const previous = moves;
      const mine = previous.then(() => step(target, patienceMs));
      moves = mine.catch(() => {});
      await mine;
    },
    abandonAll,
    close() {
      isClosed = true;
      abandonAll();
    },
  };
}
