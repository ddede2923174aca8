import type { DataPlane, LatencyProfile } from '../local/data-plane.ts';
import type { DataSet } from './data-set.ts';
import type { ScaleName } from './scales.ts';

/** What a bench gets: a loaded data set and everything outside the Worker. */
export type BenchContext = {
  plane: DataPlane;
  dataSet: DataSet;
  scale: ScaleName;
  latency: LatencyProfile;
  /** For what it builds; the engines' folders are in it. */
  stateDir: string;
  say(line: string): void;
};
