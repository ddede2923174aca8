/** Names that Korean pages use for Windows code page 949 and that the Encoding Standard does not list. */
const ALIASES: Record<string, string> = {
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  uhc: 'euc-kr',
  'x-windows-949': 'euc-kr',
};
/** Where a page has to name its encoding (HTML §4.2.5.4). */
const SNIFFED_BYTES = 1024;

/**
 * The text of a page, possibly cut off: by its byte order mark, the encoding that its header or its first bytes name, or
 * whichever of UTF-8 and EUC-KR its bytes fit. Bytes that fit nothing become U+FFFD.
 */
export function decodeHtml(bytes: Uint8Array, contentType: string): string {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, SNIFFED_BYTES));
  const named = [
    /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1],
    /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(head)?.[1],
  ];
  const mark = byteOrderMark(bytes);
  for (const label of mark ? [mark] : [...named, 'utf-8', 'euc-kr']) {
    const text = label && decodeStrictly(bytes, label);
    if (typeof text === 'string') return text;
  }
  return new TextDecoder().decode(bytes);
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

/** Undefined when the encoding is unknown or the bytes are not in it; a character cut off at the end is left out. */
function decodeStrictly(bytes: Uint8Array, label: string): string | undefined {
  try {
    const decoder = new TextDecoder(ALIASES[label.toLowerCase()] ?? label, { fatal: true, ignoreBOM: false });
    return decoder.decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}
