import * as z from 'zod';
import { normalizeTag } from '../tag-name.ts';
import { hasVisibleText } from '../visible-text.ts';

/** Wire types shared by all features. Text is NFC from the edge on. */

/** Control characters but tab and line breaks, invisible ones, and those that turn the writing direction. */
const CONTROL = /(?![\t\n\r])\p{Cc}|[\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;
const LONE_SURROGATE = /\p{Surrogate}/u;

function countCodePoints(text: string): number {
  return [...text].length;
}

/**
 * Text of one or more lines, at most `max` code points, without control or direction-changing characters. Where some is
 * required (`min`), something of it must be seen: nobody goes by a name of Hangul fillers. Where none is, text in which
 * nothing is seen is none: it comes out empty.
 */
export function multiLineText(max: number, min = 0) {
  return z
    .string()
    .max(max * 2)
    .normalize('NFC')
    .trim()
    .refine((text) => countCodePoints(text) <= max, { message: 'too_long', params: { maximum: max } })
    .refine((text) => countCodePoints(text) >= min, { message: 'too_short', params: { minimum: min } })
    .refine((text) => min === 0 || text === '' || hasVisibleText(text), { message: 'nothing_to_see' })
    .refine((text) => !CONTROL.test(text) && !LONE_SURROGATE.test(text), { message: 'control_characters' })
    .overwrite((text) => (min > 0 || hasVisibleText(text) ? text : ''))
    .meta({ minLength: min, maxLength: max });
}

/** One line of text, 1 to `max` code points. */
export function lineText(max: number, min = 1) {
  return multiLineText(max, min).refine((text) => !/[\t\r\n]/.test(text), { message: 'line_breaks' });
}

const ID = /^[1-9][0-9]{0,18}$/;

/** A tag as typed or in an address; comes out normalised. */
export const TagName = z
  .string()
  .max(200)
  .transform((text, context) => {
    const name = normalizeTag(text);
    if (name !== undefined) return name;
    context.addIssue({ code: 'custom', message: 'invalid_tag' });
    return z.NEVER;
  });

/** A 63-bit id as a decimal string. */
export const Id = z
  .string()
  .regex(ID)
  .refine((text) => ID.test(text) && BigInt(text) < 2n ** 63n, { message: 'invalid_id' })
  .meta({ description: '63-bit id as a decimal string', example: '245038212345678901' });

export const Time = z.iso
  .datetime()
  .meta({ description: 'UTC, ISO 8601', example: '2026-11-24T09:00:00.000Z' });

export const Day = z.iso.date().meta({ description: 'Korean calendar day', example: '2026-11-24' });

/** Query parameters of every list. */
export const PageQuery = z.strictObject({
  cursor: z.string().min(1).max(600).optional().meta({ description: '`nextCursor` of the page before' }),
  limit: z.coerce.number().int().min(1).max(50).default(20).meta({ description: 'Items a page' }),
});

/** A page of a list. `nextCursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
