import type { Source } from '../source.ts';
import { brunch } from './brunch.ts';
import { googleNews } from './google-news.ts';
import { kakaoBlog } from './kakao-blog.ts';
import { naverNews } from './naver-news.ts';
import { youtube } from './youtube.ts';

/** Every source, one line each. */
export const sources: readonly Source[] = [googleNews, naverNews, brunch, kakaoBlog, youtube];
