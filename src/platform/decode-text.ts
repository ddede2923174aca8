/** Names that Korean pages use for Windows code page 949 and that the Encoding Standard does not list. */
const ALIASES: Record<string, string> = {
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  uhc: 'euc-kr',
  'x-windows-949': 'euc-kr',
};
/** Where a page has to name its encoding (HTML §4.2.5.4). */
const SNIFFED_BYTES = 1024;
const REPLACED = /\ufffd/g;

/**
 * The text of a page or feed, possibly cut off: by its byte order mark; as UTF-8 if that is what its bytes are, whatever
 * is said of them; by the encoding that its header or its first bytes name; as EUC-KR. Bytes that fit nothing become
 * U+FFFD, in the encoding in which they are the fewest.
 */
export function decodeText(bytes: Uint8Array, contentType: string): string {
  const mark = byteOrderMark(bytes);
  const labels = mark ? [mark] : ['utf-8', ...namedEncodings(bytes, contentType), 'euc-kr'];
  for (const label of labels) {
    const text = decode(bytes, label, true);
    if (text !== undefined) return text;
  }
  const texts = labels.map((label) => decode(bytes, label, false)).filter((text) => text !== undefined);
  const [best = ''] = texts.toSorted((one, other) => countReplaced(one) - countReplaced(other));
  return best;
}

function namedEncodings(bytes: Uint8Array, contentType: string): string[] {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, SNIFFED_BYTES));
  return [
    /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType),
    /<\?xml[^>]+encoding\s*=\s*["']?([\w.:-]+)/i.exec(head),
    /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(head),
  ].flatMap((match) => match?.[1] ?? []);
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

/** Undefined when the encoding is unknown or, if `fatal`, the bytes are not in it; a character cut off at the end is left out. */
function decode(bytes: Uint8Array, label: string, fatal: boolean): string | undefined {
  try {
    const decoder = new TextDecoder(ALIASES[label.toLowerCase()] ?? label, { fatal, ignoreBOM: false });
    return decoder.decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function countReplaced(text: string): number {
  return text.match(REPLACED)?.length ?? 0;
}
