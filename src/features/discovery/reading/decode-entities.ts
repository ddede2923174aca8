import { Parser } from 'htmlparser2';

/**
 * Resolves entities once. `html`: all that HTML knows, as in running text. `xml`: XML's five and numbers, with their
 * semicolon, so that `&region=` in an address stays what it is. What is no entity stays, and so do angle brackets.
 */
export function decodeEntities(text: string, language: 'html' | 'xml' = 'html'): string {
  if (!text.includes('&')) return text;
  const parts: string[] = [];
  const parser = new Parser(
    { ontext: (part) => parts.push(part) },
    { xmlMode: language === 'xml', decodeEntities: true },
  );
  // Without angle brackets there are no tags to read.
  parser.end(text.replaceAll('<', '&lt;'));
  return parts.join('');
}
