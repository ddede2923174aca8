import type { Source } from '../source.ts';

/** Every source, one line each. */
export const sources: readonly Source[] = [];
