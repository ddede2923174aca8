/** The queue of writes: each is a task that is answered at once as enqueued and carried out in order afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, EngineError, type ErrorBody } from './errors.ts';

export type Task = {
  uid: number;
  batchUid: number | null;
  indexUid: string | null;
  status: 'enqueued' | 'processing' | 'succeeded' | 'failed' | 'canceled';
  type: string;
  canceledBy: number | null;
  details: object | null;
  error: ErrorBody | null;
  duration: string | null;
  enqueuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

/** How tasks of some indexes misbehave. */
export type TaskFault = {
  /** They stay enqueued until this is lifted. */
  isHeld?: boolean;
  /** Each takes so long (milliseconds). */
  delayMs?: number;
  /** The next so many fail. */
  failures?: number;
};

export type TaskQueue = {
  /** `work` is done when its turn comes; it answers details to add, and may throw an EngineError. */
  enqueue(type: string, indexUid: string | null, details: object | null, work: () => object | void): Task;
  find(uid: number): Task | undefined;
  /** Newest first. */
  list(): Task[];
  /** By the beginning of an index's name; undefined lifts it. */
  setFault(prefix: string, fault: TaskFault | undefined): void;
  lastUid(): number;
  /** Forgets what waits. */
  close(): void;
};

/** Finished tasks that are kept. */
const KEPT = 20_000;

export function createTaskQueue(options: { firstUid: number; now(): Date }): TaskQueue {
  const tasks = new Map<number, Task>();
  const waiting = new Map<number, () => object | void>();
  const faults = new Map<string, TaskFault>();
  let next = options.firstUid;
  let isRunning = false;
  let isClosed = false;

  function faultOf({ indexUid }: Task): [string, TaskFault] | undefined {
    return [...faults].find(([prefix]) => (indexUid ?? '').startsWith(prefix));
  }

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    for (;;) {
      // After the answer: whoever writes hears "enqueued" first.
      await sleep(0);
      const uid = [...waiting.keys()].find((one) => {
        const task = tasks.get(one);
        return task !== undefined && !faultOf(task)?.[1].isHeld;
      });
      if (uid === undefined || isClosed) break;
      await carryOut(uid);
    }
    isRunning = false;
  }

  async function carryOut(uid: number): Promise<void> {
    const task = tasks.get(uid);
    const work = waiting.get(uid);
    waiting.delete(uid);
    if (!task || !work) return;
    task.status = 'processing';
    task.batchUid = uid;
    task.startedAt = options.now().toISOString();
    const [prefix, fault] = faultOf(task) ?? [];
    if (fault?.delayMs) await sleep(fault.delayMs);
    try {
      if (prefix !== undefined && fault?.failures) {
        faults.set(prefix, { ...fault, failures: fault.failures - 1 });
        throw new EngineError('internal', 'The fault switch failed this task.');
      }
      task.details = { ...task.details, ...work() };
      task.status = 'succeeded';
    } catch (error) {
      const known =
        error instanceof EngineError ? error : new EngineError('internal', String((error as Error).message));
      task.status = 'failed';
      task.error = describe(known);
    }
    task.finishedAt = options.now().toISOString();
    task.duration = `PT${(Date.parse(task.finishedAt) - Date.parse(task.startedAt)) / 1000}S`;
  }

  return {
    enqueue(type, indexUid, details, work) {
      const task: Task = {
        uid: next,
        batchUid: null,
        indexUid,
        status: 'enqueued',
        type,
        canceledBy: null,
        details,
        error: null,
        duration: null,
        enqueuedAt: options.now().toISOString(),
        startedAt: null,
        finishedAt: null,
      };
      next += 1;
      tasks.set(task.uid, task);
      waiting.set(task.uid, work);
      tasks.delete(task.uid - KEPT);
      void run();
      return task;
    },
    find: (uid) => tasks.get(uid),
    list: () => [...tasks.values()].toReversed(),
    setFault(prefix, fault) {
      if (fault) faults.set(prefix, fault);
      else faults.delete(prefix);
      void run();
    },
    lastUid: () => next - 1,
    close() {
      isClosed = true;
      waiting.clear();
    },
  };
}
