import * as z from 'zod';

/** Parts of data whose makers promise nothing: what is missing or of another type is left empty, never an error. */

/** Text; empty when there is none. */
export const Text = z.string().catch('');

/** Text, also where a number stands; empty when there is neither. */
export const TextOrNumber = z
  .union([z.string(), z.number()])
  .transform((value) => String(value))
  .catch('');

/** A list whose entries are looked at one by one; empty when there is none. */
export const Entries = z.array(z.unknown()).catch([]);

/** The entries that are of a shape, without the others. */
export function listOf<T extends z.ZodType>(entry: T) {
  return Entries.transform((entries) =>
    entries.flatMap((value) => {
      const read = entry.safeParse(value);
      return read.success ? [read.data] : [];
    }),
  );
}

/** A language as BCP 47 has it; null when it is none, or longer than `discoveries.language`. */
export function readLanguage(text: string): string | null {
  return /^[a-z]{2,3}(?:-[a-z0-9]{2,6})?$/i.test(text) ? text : null;
}
