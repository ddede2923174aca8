import { concatBytes } from './bytes.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request and follows redirects by hand. `next` says where a `Location` leads, or throws: it is asked before
 * anything is sent there. Undefined when there are more than `maxRedirects`.
 */
export async function followRedirects(
  start: URL,
  maxRedirects: number,
  send: (url: URL) => Promise<Response>,
  next: (location: string, from: URL) => URL,
): Promise<{ url: URL; response: Response } | undefined> {
  let url = start;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const response = await send(url);
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return { url, response };
    await response.body?.cancel();
    url = next(location, url);
  }
  return undefined;
}

export type BoundedBody = {
  /** At most `maxBytes`. */
  bytes: Uint8Array;
  /** There was more. */
  isLonger: boolean;
  /** The connection ended before the body did. */
  isCut: boolean;
};

/**
 * Reads a body up to `maxBytes` (after decompression, which is the runtime's) and no further. Throws when the deadline
 * is over.
 */
export async function readBounded(
  response: Response,
  maxBytes: number,
  deadline: AbortSignal,
): Promise<BoundedBody> {
  const reader = response.body?.getReader();
  if (!reader) return { bytes: new Uint8Array(0), isLonger: false, isCut: false };
  // A body may stall without the runtime ending it.
  const isOver = new Promise<never>((_resolve, reject) => {
    deadline.throwIfAborted();
    deadline.addEventListener('abort', () => reject(deadline.reason), { once: true });
  });
  const parts: Uint8Array[] = [];
  let length = 0;
  let isCut = false;
  try {
    while (length <= maxBytes) {
      const { done, value } = await Promise.race([reader.read(), isOver]);
      if (done) break;
      parts.push(value);
      length += value.length;
    }
  } catch (error) {
    if (deadline.aborted) throw error;
    isCut = true;
  } finally {
    isOver.catch(() => undefined);
    reader.cancel().catch(() => undefined);
  }
  return { bytes: concatBytes(parts).subarray(0, maxBytes), isLonger: length > maxBytes, isCut };
}
