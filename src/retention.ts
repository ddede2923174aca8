import { engineSweeps, type Retention } from './platform/retention.ts';

/**
 * The one page on how data ends: what is swept when its time is over, what goes 30 days after somebody left, and what
 * they can take along. docs/privacy.md says the same in words.
 */
export const retention: Retention = {
  sweeps: [...engineSweeps],
  purgeSteps: [],
  exportSteps: [],
};
