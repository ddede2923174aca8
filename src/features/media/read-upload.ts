import { AppError } from '../../platform/errors.ts';

type Body = ReadableStream<Uint8Array> | null;

/** Reads a body of a declared length into memory. Throws `upload_cut_off` when it is shorter or longer. */
export async function readWhole(body: Body, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  await readParts(body, length, async (part) => {
    bytes.set(part, filled);
    filled += part.length;
  });
  return bytes;
}

/**
 * Hands a body of a declared length to `store` as a stream that never holds it whole. Throws `upload_cut_off` when the
 * body is shorter or longer, and what `store` throws otherwise.
 */
export async function streamWhole(
  body: Body,
  length: number,
  store: (stream: ReadableStream) => Promise<unknown>,
): Promise<void> {
  const { readable, writable } = new FixedLengthStream(length);
  const writer = writable.getWriter();
  let cutOff: unknown;
  async function pump(): Promise<void> {
    try {
      await readParts(body, length, (part) => writer.write(part));
      await writer.close();
    } catch (error) {
      if (error instanceof AppError) cutOff = error;
      await writer.abort(error);
    }
  }
  try {
    await Promise.all([store(readable), pump()]);
  } catch (error) {
    throw cutOff ?? error;
  }
}

async function readParts(
  body: Body,
  length: number,
  take: (part: Uint8Array) => Promise<void>,
): Promise<void> {
  if (!body) throw new AppError('upload_cut_off');
  const reader = body.getReader();
  let left = length;
  for (;;) {
    const part = await reader.read().catch((cause: unknown) => {
      throw new AppError('upload_cut_off', { cause });
    });
    if (part.done) break;
    left -= part.value.length;
    if (left < 0) break;
    await take(part.value);
  }
  if (left !== 0) throw new AppError('upload_cut_off');
}
