import { cast, type Field } from '@planetscale/database';
import { describe, expect, it } from 'vitest';
import { castValue } from './cast-value.ts';

const TEXT = 255;
const BINARY = 63;
/** Text as it comes: one byte a character. */
const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('values are read as the driver reads them', () => {
  it.each<[string, number, string]>([
    ['VARCHAR', TEXT, ''],
    ['VARCHAR', TEXT, 'plain'],
    ['VARCHAR', TEXT, '학교 👩‍💻 é \u0000'],
    ['CHAR', TEXT, '가'],
    ['TEXT', TEXT, '한글\n둘째 줄'],
    ['JSON', BINARY, '{"a": ["한글", null, 1.5], "b": true}'],
    ['VARBINARY', BINARY, 'é\u0001'],
    ['BLOB', BINARY, '한'],
    ['INT64', BINARY, '9223372036854775807'],
    ['INT8', BINARY, '-1'],
    ['FLOAT64', BINARY, '1.25'],
    ['DECIMAL', BINARY, '12.50'],
    ['DATETIME', BINARY, '2026-11-24 01:02:03.004'],
    ['DATE', BINARY, '2026-11-24'],
  ])('%s', (type, charset, value) => {
    const field = { name: 'column', type, charset } as Field;
    expect(castValue(field, bytesOf(value))).toEqual(cast(field, bytesOf(value)));
    expect(castValue(field, null)).toBeNull();
  });
});
