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
  });

  it.each(['김민수', 'ᄒ', '👩‍👩‍👧‍👦', '🏴\u{E0067}\u{E007F}', '.', '❤️', 'نام', 'a\u200Db'])(
    'may be %s',
    (text) => {
      expect(lineText(50).safeParse(text).success).toBe(true);
    },
  );
});

describe('text that is not required', () => {
  it.each(NOTHING_SEEN.map((text) => [JSON.stringify(text), text]))(
    'is none when it is %s',
    (_shown, text) => {
      expect(multiLineText(50).parse(text)).toBe('');
      expect(lineText(50, 0).parse(text)).toBe('');
    },
  );

  it('stays as it is when something of it is seen', () => {
    expect(multiLineText(50).parse(' \u3164가 ')).toBe('\u3164가');
    expect(multiLineText(50).safeParse('\u200b').success).toBe(false);
  });
});
