/**
 * Flow control by key: at most `rate` starts a period and `parallelism` calls under way. What exceeds either waits.
 * The newest message of a key sets its limits unless they are pinned. Retries count like first attempts.
 */
import type { FlowControlSettings } from './types.ts';

export type FlowControl = {
  key: string;
  parallelism?: number;
  rate?: number;
  periodMs: number;
  /** Starts counted in the period that began at `periodStart`. */
  count: number;
  periodStart: number;
  isPaused: boolean;
  isPinnedParallelism: boolean;
  isPinnedRate: boolean;
};

export function createFlowControl(key: string, now: number): FlowControl {
  return {
    key,
    periodMs: 1000,
    count: 0,
    periodStart: now,
    isPaused: false,
    isPinnedParallelism: false,
    isPinnedRate: false,
  };
}

/** Takes over what a new message asks for. A limit it does not name is no limit any more. */
export function adoptSettings(control: FlowControl, settings: FlowControlSettings): void {
  if (!control.isPinnedParallelism) setOrDelete(control, 'parallelism', settings.parallelism);
  if (control.isPinnedRate) return;
  setOrDelete(control, 'rate', settings.rate);
  control.periodMs = settings.periodMs;
}

/** Fixes limits against those of later messages, and begins a new period. */
export function pinSettings(
  control: FlowControl,
  limits: { parallelism?: number; rate?: number; periodMs?: number },
  now: number,
): void {
  if (limits.parallelism !== undefined) {
    control.parallelism = limits.parallelism;
    control.isPinnedParallelism = true;
  }
  if (limits.rate !== undefined) {
    control.rate = limits.rate;
    control.periodMs = limits.periodMs ?? 1000;
    control.isPinnedRate = true;
  }
  resetRate(control, now);
}

export function resetRate(control: FlowControl, now: number): void {
  control.count = 0;
  control.periodStart = now;
}

/** Whether one more call may start, given how many of this key are under way. */
export function isOpen(control: FlowControl, active: number, now: number): boolean {
  if (control.isPaused) return false;
  if (control.parallelism !== undefined && active >= control.parallelism) return false;
  return control.rate === undefined || countNow(control, now) < control.rate;
}

/** When a key that is closed by its rate opens again; `undefined` when something other than time must change. */
export function findOpening(control: FlowControl, active: number, now: number): number | undefined {
  if (control.isPaused || control.rate === undefined) return undefined;
  if (control.parallelism !== undefined && active >= control.parallelism) return undefined;
  return countNow(control, now) < control.rate ? undefined : control.periodStart + control.periodMs;
}

/** Counts a start. The first one after a period has run out begins the next. */
export function countStart(control: FlowControl, now: number): void {
  if (now >= control.periodStart + control.periodMs) resetRate(control, now);
  control.count += 1;
}

/** The state of a key as the API shows it: periods in seconds, absent limits as 0. */
export function viewFlowControl(control: FlowControl, active: number, waiting: number, now: number) {
  return {
    flowControlKey: control.key,
    waitListSize: waiting,
    parallelismMax: control.parallelism ?? 0,
    parallelismCount: active,
    rateMax: control.rate ?? 0,
    rateCount: countNow(control, now),
    ratePeriod: control.periodMs / 1000,
    ratePeriodStart: Math.floor(control.periodStart / 1000),
    isPaused: control.isPaused,
    isPinnedParallelism: control.isPinnedParallelism,
    isPinnedRate: control.isPinnedRate,
  };
}

function countNow(control: FlowControl, now: number): number {
  return now >= control.periodStart + control.periodMs ? 0 : control.count;
}

function setOrDelete(control: FlowControl, name: 'parallelism' | 'rate', value: number | undefined): void {
  if (value === undefined) delete control[name];
  else control[name] = value;
}
