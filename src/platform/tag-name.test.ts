import { describe, expect, it } from 'vitest';
import { normalizeTag } from './tag-name.ts';

describe('a tag', () => {
  it.each(['\u3164', '#\u3164\u1160', '\u2800', '\uFE0F'])(
    'is nothing when nothing of it is seen (%j)',
    (text) => {
      expect(normalizeTag(text)).toBeUndefined();
    },
  );

  it('may be an emoji with its selector', () => {
    expect(normalizeTag('#❤️')).toBe('❤️');
  });
});
