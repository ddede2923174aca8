type Letter = {
  id: string;
  kind: 'job' | 'event';
  name: string;
  key: string;
  payload: object;
  error: string;
  attempts: number;
  state: 'open' | 'replayed' | 'dropped';
  createdAt: Date;
  settledAt: Date | null;
};

export function toDeadLetter(letter: Letter, isReplayable: boolean) {
  const { id, kind, name, key, payload, error, attempts, state } = letter;
  return {
    id,
    kind,
    name,
    key,
    error,
    attempts,
    state,
    payload: payload as Record<string, unknown>,
    isReplayable: isReplayable && state === 'open',
    createdAt: letter.createdAt.toISOString(),
    settledAt: letter.settledAt?.toISOString() ?? null,
  };
}

type Run = {
  name: string;
  dueAt: Date;
  startedAt: Date;
  finishedAt: Date | null;
  startedBy: 'cron' | 'staff';
  state: 'started' | 'done' | 'failed';
  attempts: number;
  error: string | null;
};

export function toRun(run: Run) {
  return {
    ...run,
    dueAt: run.dueAt.toISOString(),
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}

type ScheduleRow = {
  name: string;
  catchUp: 'latest' | 'each';
  row: { dueAt: Date; isPaused: boolean } | undefined;
  lastRun: Run | undefined;
  isRunning: boolean;
};

export function toSchedule({ name, catchUp, row, lastRun, isRunning }: ScheduleRow) {
  return {
    name,
    catchUp,
    dueAt: row?.dueAt.toISOString() ?? null,
    isPaused: row?.isPaused ?? false,
    isRunning,
    lastRun: lastRun ? toRun(lastRun) : null,
  };
}

type AuditRow = {
  id: string;
  createdAt: Date;
  staffId: string;
  email: string | null;
  action: string;
  targetKind: string;
  targetId: string;
  detail: object | null;
  requestId: string;
};

export function toAuditEntry(row: AuditRow) {
  const { id, createdAt, staffId, email, action, targetKind, targetId, detail, requestId } = row;
  return {
    id,
    action,
    targetKind,
    targetId,
    requestId,
    at: createdAt.toISOString(),
    staff: { id: staffId, email },
    detail: detail as Record<string, unknown> | null,
  };
}
