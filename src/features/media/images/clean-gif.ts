import { concatBytes } from '../../../platform/bytes.ts';
import { asciiAt, ByteReader, ensure } from './byte-reader.ts';
import type { Cleaner } from './cleaner.ts';

const TRAILER = 0x3b;
const EXTENSION = 0x21;
const FRAME = 0x2c;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;

/** Keeps frames, their timing and the loop count; comments, texts and the data of applications go. Ends at the trailer. */
export const cleanGif: Cleaner = (bytes, checkSize) => {
  const reader = new ByteReader(bytes);
  reader.take(6);
  const width = reader.uint16(true);
  const height = reader.uint16(true);
  checkSize(width, height);
  const flags = reader.uint8();
  reader.take(2);
  skipColourTable(reader, flags);
  const kept = [bytes.subarray(0, reader.offset)];
  let frames = 0;
  for (;;) {
    const start = reader.offset;
    const kind = reader.uint8();
    if (kind === TRAILER) break;
    if (kind === FRAME) {
      skipFrame(reader, width, height);
      frames += 1;
      kept.push(bytes.subarray(start, reader.offset));
    } else {
      ensure(kind === EXTENSION);
      const label = reader.uint8();
      skipBlocks(reader);
      const extension = bytes.subarray(start, reader.offset);
      if (label === GRAPHIC_CONTROL || (label === APPLICATION && isLoopCount(extension)))
        kept.push(extension);
    }
  }
  ensure(frames > 0);
  kept.push(Uint8Array.of(TRAILER));
  return { contentType: 'image/gif', bytes: concatBytes(kept), width, height };
};

function skipColourTable(reader: ByteReader, flags: number): void {
  if (flags & 0x80) reader.take(3 * 2 ** ((flags & 7) + 1));
}

function skipFrame(reader: ByteReader, width: number, height: number): void {
  const left = reader.uint16(true);
  const top = reader.uint16(true);
  const frameWidth = reader.uint16(true);
  const frameHeight = reader.uint16(true);
  ensure(frameWidth > 0 && frameHeight > 0);
  ensure(left + frameWidth <= width && top + frameHeight <= height);
  skipColourTable(reader, reader.uint8());
  const codeSize = reader.uint8();
  ensure(codeSize >= 1 && codeSize <= 11);
  skipBlocks(reader);
}

function skipBlocks(reader: ByteReader): void {
  for (let length = reader.uint8(); length > 0; length = reader.uint8()) reader.take(length);
}

/** `NETSCAPE2.0` with one block of three bytes: how often the animation runs. */
function isLoopCount(extension: Uint8Array): boolean {
  const name = asciiAt(extension, 3, 11);
  return (name === 'NETSCAPE2.0' || name === 'ANIMEXTS1.0') && extension.length === 19 && extension[14] === 3;
}
