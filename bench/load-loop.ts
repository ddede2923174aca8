/** Clients that send one request after another, in a process of their own so that they do not slow the gateways of this one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type Shot = { method: string; path: string; token: string; body?: string };

export type Load = {
  url: string;
  clients: number;
  /** Taken in turn by all clients, from the start again when they are spent. */
  shots: Shot[];
  /** Where among them to begin: a run goes on where the one before ended, or likes would be repeated. */
  first: number;
  /** How long, or `once`: until each shot has been sent once. */
  seconds: number | 'once';
};

export type LoadResult = {
  /** Milliseconds until the whole answer was there, of answers below 400. */
  latencies: number[];
  /** How many answers of each status; `failed`: no answer. */
  statuses: Record<string, number>;
  sent: number;
  seconds: number;
  /** Milliseconds of processor time that the clients themselves took. */
  processorMs: number;
};

/** Sends a load and answers when the last answer has come. */
export async function sendLoad(load: Load): Promise<LoadResult> {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), { serialization: 'advanced' });
  const ended = once(child, 'exit');
  child.send(load);
  const [result] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => {
      throw new Error(`The clients ended with ${code}.`);
    }),
  ])) as [LoadResult];
  child.disconnect();
  await ended;
  return result;
}

/** Undefined when every answer was below 400. */
export function describeFault({ statuses }: LoadResult): string | undefined {
  const faults = Object.entries(statuses).filter(([status]) => status === 'failed' || Number(status) >= 400);
  if (faults.length === 0) return undefined;
  const sent = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return faults
    .map(([status, count]) => `${count} of ${sent} ${status === 'failed' ? 'failed' : `answered ${status}`}`)
    .join(', ');
}
