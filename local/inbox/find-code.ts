/**
 * The six-digit code a mail carries, so that the page and the tests need not read it out of the text.
 * A line that holds nothing else wins over six digits within a sentence (a year and month, a number of a street).
 */
export function findCode(subject: string, text: string): string | null {
  const alone = /^[^\S\n]*(\d{6})[^\S\n]*$/m.exec(text);
  if (alone?.[1]) return alone[1];
  const within = /(?<![\d-])\d{6}(?![\d-])/;
  return within.exec(text)?.[0] ?? within.exec(subject)?.[0] ?? null;
}
