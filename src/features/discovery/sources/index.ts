import type { Source } from '../source.ts';
import { googleNews } from './google-news.ts';

/** Every source, one line each. */
export const sources: readonly Source[] = [googleNews];
