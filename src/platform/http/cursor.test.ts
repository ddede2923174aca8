import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, toPage } from './cursor.ts';

describe('a cursor', () => {
  it('goes round for its own list', () => {
    const cursor = encodeCursor('feed', [3, '245038212345678901', '한글/+']);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeCursor('feed', cursor, ['number', 'id', 'text'])).toEqual([
      3,
      '245038212345678901',
      '한글/+',
    ]);
    expect(decodeCursor('feed', undefined, ['id'])).toBeUndefined();
  });

  it.each([
    ['of another list', encodeCursor('likes', ['1'])],
    ['with a part too many', encodeCursor('feed', ['1', '2'])],
    ['with a number for an id', encodeCursor('feed', [1])],
    ['with an id beyond 63 bits', encodeCursor('feed', ['9999999999999999999'])],
    ['with SQL for an id', encodeCursor('feed', ["1' or 1=1"])],
    ['of another version', btoa('[2,"feed","1"]')],
    ['that is no JSON', btoa('{')],
    ['that is no list', btoa('{}')],
    ['that is no base64', '%%%'],
    ['that is empty', ''],
  ])('%s is a 400', (_what, cursor) => {
    expect(() => decodeCursor('feed', cursor, ['id'])).toThrow('invalid_cursor');
  });
});

it('a page has a cursor only when there is more', () => {
  const rows = ['5', '4', '3'].map((id) => ({ id }));
  expect(toPage(rows, 2, 'feed', ({ id }) => [id])).toEqual({
    items: [{ id: '5' }, { id: '4' }],
    nextCursor: encodeCursor('feed', ['4']),
  });
  expect(toPage(rows, 3, 'feed', ({ id }) => [id]).nextCursor).toBeNull();
  expect(toPage([], 3, 'feed', () => []).nextCursor).toBeNull();
});
