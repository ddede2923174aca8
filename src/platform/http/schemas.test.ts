import { describe, expect, it } from 'vitest';
import { lineText, multiLineText } from './schemas.ts';

const NOTHING_SEEN = [
  '\u3164',
  '\u115F\u1160',
  '\uFFA0',
  '\u200D',
  '\u00AD',
  '\u2800\u2800',
  '\uFE0F',
  '\u{E0041}',
  '\u034F \u180E',
];

describe('text that is required', () => {
  it.each(NOTHING_SEEN.map((text) => [JSON.stringify(text), text]))('is not %s', (_shown, text) => {
    for (const schema of [lineText(50), multiLineText(50, 1)]) {
      const { error } = schema.safeParse(text);
      expect(error?.issues.map(({ message }) => message)).toContain('nothing_to_see');
    }
    expect(multiLineText(50).safeParse(text).success).toBe(true);
  });

  it.each(['김민수', 'ᄒ', '👩‍👩‍👧‍👦', '🏴\u{E0067}\u{E007F}', '.', '❤️', 'نام', 'a\u200Db'])(
    'may be %s',
    (text) => {
      expect(lineText(50).safeParse(text).success).toBe(true);
    },
  );
});
