/** Answers of the crawled sites, as long as wanted. */
import {
  makeBrunchAnswer,
  makeBrunchHit,
  makeBrunchPage,
  makeFeed,
  makeKakaoAnswer,
  makeKakaoHit,
  makeNaverAnswer,
  makeNaverHit,
  makeVideoHit,
  makeYoutubeAnswer,
} from '../test/harness/crawl.ts';

export type CrawlMeasurement = {
  bytes: number;
  /** Processor time of the first reading, and the middle of many later ones. */
  coldMs: number;
  warmMs: number;
  /** All that the first reading has asked for, garbage included: it needs no more than that at once. */
  allocatedKib: number;
};

type Sample = {
  source: string;
  step: string;
  maxBytes: number;
  /** An answer with so many entries. */
  make(entries: number): string;
};

const MIB = 1024 * 1024;

export const crawlSamples: Record<string, Sample> = {
  'Google News, feed': {
    source: 'google-news',
    step: 'search',
    maxBytes: 2 * MIB,
    make: (entries) => makeFeed(numbers(entries).map((n) => ({ title: `반도체 채용 소식 ${n} - 조선일보` }))),
  },
  'Naver News, search': {
    source: 'naver-news',
    step: 'search',
    maxBytes: MIB,
    make: (entries) => toJson(entries, (n) => makeNaverHit({ title: `<b>반도체</b> ${n}` }), makeNaverAnswer),
  },
  'Brunch, search': {
    source: 'brunch',
    step: 'search',
    maxBytes: MIB,
    make: (entries) => toJson(entries, (no) => makeBrunchHit({ no }), makeBrunchAnswer),
  },
  'Brunch, page of an article': {
    source: 'brunch',
    step: 'article',
    maxBytes: 256 * 1024,
    make: (entries) =>
      makeBrunchPage(
        '<meta property="og:title" content="제목">',
        '<p class="wrap_item">본문</p>'.repeat(entries),
      ),
  },
  "Kakao's blog search": {
    source: 'kakao-blog',
    step: 'search',
    maxBytes: MIB,
    make: (entries) =>
      toJson(entries, (n) => makeKakaoHit({ url: `https://blog.naver.com/a/${n}` }), makeKakaoAnswer),
  },
  'YouTube, search': {
    source: 'youtube',
    step: 'search',
    maxBytes: MIB,
    make: (entries) =>
      toJson(
        entries,
        (n) => makeVideoHit(`A2SDD${String(n).padStart(6, '0')}`),
        (items) => makeYoutubeAnswer('search', items),
      ),
  },
};

/** An answer of at most so many bytes, nearly filled. */
export function makeSample({ make }: Sample, bytes: number): Uint8Array {
  const encode = (entries: number) => new TextEncoder().encode(make(entries));
  const hundred = (encode(200).length - encode(100).length) / 100;
  let entries = Math.floor(bytes / hundred);
  // Their numbers grow longer.
  while (encode(entries).length > bytes) entries -= Math.ceil(entries / 200);
  return encode(entries);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function toJson(entries: number, make: (n: number) => object, wrap: (items: object[]) => object): string {
  return JSON.stringify(wrap(numbers(entries).map(make)));
}
