/** What tests steer and look at, below `/_control/`. */
import type { Broker } from './broker.ts';
import type { Engine } from './engine.ts';
import { clearState } from './state.ts';
import { createSwitches, setSwitches } from './switches.ts';
import { viewMessage } from './views.ts';

type Control = Record<string, (body: unknown, url: URL) => unknown>;

/** Real time to wait for calls under way before a step of the clock goes on without them. */
const PATIENCE_MS = 10_000;

type ClockChange = { now?: number | string; advanceMs?: number; frozen?: boolean; patienceMs?: number };

/**
 * - `POST clock {now | advanceMs, frozen?, patienceMs?}` goes forward and delivers on the way all that becomes due, each
 *   at its own time; answers when it is done. `frozen` stops the clock (or lets it run again).
 * - `POST run-due` delivers what is due now and answers when it is done.
 * - `GET idle?wait=ms` answers when nothing is under way and nothing more can start, or with `idle: false` after `wait`.
 * - `GET deliveries?destination=&state=`, `GET messages` (those not through yet).
 * - `GET|POST switches` see `Switches`.
 * - `POST reset` forgets everything and undoes every switch, key rotation and move of the clock.
 */
export function createControl(broker: Broker, engine: Engine, firstKeys: Broker['keys']): Control {
  const { state, clock, waiting, switches, deliveries } = broker;

  function report() {
    const counts = engine.counts();
    return { now: clock.now(), frozen: clock.isFrozen(), idle: counts.inFlight === 0, ...counts };
  }

  return {
    async clock(body) {
      const { now, advanceMs, frozen, patienceMs = PATIENCE_MS } = (body ?? {}) as ClockChange;
      if (frozen !== undefined) clock.setFrozen(frozen);
      const target = now === undefined ? clock.now() + (advanceMs ?? 0) : new Date(now).getTime();
      if (!Number.isFinite(target) || target < clock.now()) throw new Error('the clock goes only forward');
      await engine.moveTo(target, patienceMs);
      return report();
    },
    async 'run-due'(body) {
      await engine.settle((body as ClockChange | undefined)?.patienceMs ?? PATIENCE_MS);
      return report();
    },
    async idle(_body, url) {
      await engine.settle(Number(url.searchParams.get('wait') ?? 0));
      return report();
    },
    deliveries(_body, url) {
      const [destination, state] = ['destination', 'state'].map(
        (name) => url.searchParams.get(name) ?? undefined,
      );
      return { deliveries: deliveries.list({ destination, state }) };
    },
    messages() {
      return {
        messages: [...state.messages.values()].map((message) => ({
          ...viewMessage(message),
          dueAt: message.dueAt,
          retried: message.retried,
          inFlight: engine.isInFlight(message.messageId),
        })),
      };
    },
    switches(body) {
      if (body) setSwitches(switches, body as Record<string, unknown>);
      broker.touch();
      return switches;
    },
    reset() {
      engine.abandonAll();
      clearState(state);
      waiting.clear();
      deliveries.clear();
      clock.reset();
      Object.assign(switches, createSwitches());
      Object.assign(broker.keys, firstKeys);
      broker.touch();
      return report();
    },
  };
}
