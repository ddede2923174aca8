/** All that a restart must not lose, and the file that keeps it. */
import { existsSync, readFileSync } from 'node:fs';
import { writePrivately } from '../state.ts';
import type { FlowControl } from './flow-control.ts';
import type { DeadLetter, LogEntry, Message, Queue, Schedule, UrlGroup } from './types.ts';

export type State = {
  lastSequence: number;
  messages: Map<string, Message>;
  deadLetters: Map<string, DeadLetter>;
  schedules: Map<string, Schedule>;
  queues: Map<string, Queue>;
  urlGroups: Map<string, UrlGroup>;
  flowControls: Map<string, FlowControl>;
  /** By deduplication key: the message that holds it, and until when. */
  deduplication: Map<string, { messageId: string; until: number }>;
  /** Oldest first; in memory only. */
  logs: LogEntry[];
};

const WRITE_AFTER_MS = 100;

export function createState(): State {
  return {
    lastSequence: 0,
    messages: new Map(),
    deadLetters: new Map(),
    schedules: new Map(),
    queues: new Map(),
    urlGroups: new Map(),
    flowControls: new Map(),
    deduplication: new Map(),
    logs: [],
  };
}

/** Empties a state in place, so that all who hold it see it empty. */
export function clearState(state: State): void {
  Object.assign(state, createState());
}

export type StateFile = {
  /** The state as it was written last; an empty one when there is no file. */
  state: State;
  /** Tells that the state has changed; it is on disk within 100 ms. */
  markChanged(): void;
  /** Writes at once what is not yet written. */
  flush(): void;
};

/** Without a path nothing is read or written. A message that was under way when the file was written is sent again. */
export function openStateFile(path: string | undefined): StateFile {
  const state = createState();
  if (path && existsSync(path)) Object.assign(state, JSON.parse(readFileSync(path, 'utf8'), revive));
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    if (!path || !timer) return;
    clearTimeout(timer);
    timer = undefined;
    writePrivately(path, JSON.stringify({ ...state, logs: [] }, replace));
  }

  return {
    state,
    flush,
    markChanged() {
      if (path) timer ??= setTimeout(flush, WRITE_AFTER_MS);
    },
  };
}

function replace(_key: string, value: unknown): unknown {
  return value instanceof Map ? { $map: [...value] } : value;
}

function revive(_key: string, value: unknown): unknown {
  const isMap = typeof value === 'object' && value !== null && '$map' in value;
  return isMap ? new Map(value.$map as [string, unknown][]) : value;
}
