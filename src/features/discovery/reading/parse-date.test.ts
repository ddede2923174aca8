import { describe, expect, it } from 'vitest';
import { parseDate } from './parse-date.ts';

const now = new Date('2026-11-24T05:00:00Z');

describe('21: a date', () => {
  it.each([
    ['Sun, 27 Sep 2026 02:32:00 GMT', '2026-09-27T02:32:00Z'],
    ['Mon, 27 Sep 2026 02:32:00 GMT', '2026-09-27T02:32:00Z'],
    ['27 Sep 2026 02:32 GMT', '2026-09-27T02:32:00Z'],
    ['Sun, 27 Sep 26 02:32:00 +0000', '2026-09-27T02:32:00Z'],
    ['Tue, 24 Nov 2026 10:00:00 +0900', '2026-11-24T01:00:00Z'],
    ['Tue, 24 Nov 2026 10:00:00 KST', '2026-11-24T01:00:00Z'],
    ['Tue, 24 Nov 2026 10:00:00 JST', '2026-11-24T01:00:00Z'],
    ['Mon, 23 Nov 2026 10:00:00 EST', '2026-11-23T15:00:00Z'],
    ['Mon, 23 Nov 2026 10:00:00 -0800', '2026-11-23T18:00:00Z'],
    ['Mon, 23 Nov 2026 10:00:00', '2026-11-23T01:00:00Z'],
    ['Mon, 23 Nov 2026 10:00:00 +9900', '2026-11-23T10:00:00Z'],
    ['월, 23 11월 2026 14:00:00 +0900', '2026-11-23T05:00:00Z'],
    ['2026-09-30 14:00:00', '2026-09-30T05:00:00Z'],
    ['2026-09-30T14:00:00.123456', '2026-09-30T05:00:00Z'],
    ['2025-12-17T12:30+09:00', '2025-12-17T03:30:00Z'],
    ['2025-12-17T12:30:05Z', '2025-12-17T12:30:05Z'],
    ['2026-11-23T18:50:07.000+09:00', '2026-11-23T09:50:07Z'],
    ['2026-09-30', '2026-09-29T15:00:00Z'],
    ['2026.9.30', '2026-09-29T15:00:00Z'],
    ['2026. 9. 30. 오후 2:05', '2026-09-30T05:05:00Z'],
    ['2026년 9월 30일 (수) 오전 12:05', '2026-09-29T15:05:00Z'],
    ['2026년 9월 30일 수요일 14시 5분', '2026-09-30T05:05:00Z'],
    ['Jul 08. 2019', '2019-07-07T15:00:00Z'],
    ['September 30, 2026 2:05 PM KST', '2026-09-30T05:05:00Z'],
    ['Wed Sep 30 2026 14:05:00 GMT+0900 (Korean Standard Time)', '2026-09-30T05:05:00Z'],
    [1_765_942_200_000, '2025-12-17T03:30:00Z'],
    [1_765_942_200, '2025-12-17T03:30:00Z'],
    ['1765942200000', '2025-12-17T03:30:00Z'],
    ['1765942200', '2025-12-17T03:30:00Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseDate(text, now)?.toISOString()).toBe(new Date(expected).toISOString());
  });

  it.each([
    ['', undefined, null, {}, true, Number.NaN, Infinity, -1, 0],
    ['어제', '3시간전', 'soon', 'Sun, 27 Sep', '2026', '12:30', 'null'],
    ['2026-02-30', '2026-13-01', '31 Apr 2026 00:00 GMT', '2026-09-30 25:00', '2026-09-30 오후 13:00'],
    ['Sun, 27 Sep 2026 02:32:00 XYZ', `2026-09-30${' '.repeat(100)}`, '9'.repeat(50)],
    ['Thu, 01 Jan 1970 00:00:00 GMT', '1999-12-31T00:00:00Z', 'Fri, 01 Jan 2099 00:00:00 GMT', '2026-11-27'],
  ])('that cannot be told is none: %s …', (...texts) => {
    for (const text of texts) expect({ text, date: parseDate(text, now) }).toEqual({ text, date: null });
  });

  it('is never in the future', () => {
    for (const ahead of ['2026-11-24T05:00:01Z', '2026-11-24T06:00:00Z', '2026-11-26T04:59:00Z']) {
      expect(parseDate(ahead, now)).toEqual(now);
    }
    expect(parseDate('2026-11-26T05:00:01Z', now)).toBeNull();
  });

  it('of a feed that calls Korean time GMT is read as Korean', () => {
    // Its page says 12:30+09:00.
    const read = parseDate('Wed, 17 Dec 2025 12:30:02 GMT', now, { isKoreanWallTime: true });
    expect(read?.toISOString()).toBe('2025-12-17T03:30:02.000Z');
  });
});
