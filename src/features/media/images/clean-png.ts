import { crc32, inflateSync } from 'node:zlib';
import { concatBytes } from '../../../platform/bytes.ts';
import { ByteReader, fromAscii, ensure } from './byte-reader.ts';
import type { Cleaner } from './cleaner.ts';
import { isHarmlessProfile } from './colour-profile.ts';
import { displaySize, orientationOnly, readOrientation, type Orientation } from './orientation.ts';

/** What a picture or its animation is made of, and how its colours are meant. Everything else goes. */
const KEPT_CHUNKS = new Set(
  'IHDR PLTE IDAT IEND tRNS acTL fcTL fdAT cHRM gAMA sRGB sBIT cICP mDCV cLLI bKGD pHYs'.split(' '),
);
const BIT_DEPTHS: Record<number, number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const MAX_PROFILE_BYTES = 64 * 1024;

/** Keeps picture and colour chunks, checked by their CRC, a harmless colour profile and the orientation; ends at IEND. */
export const cleanPng: Cleaner = (bytes, checkSize) => {
  const reader = new ByteReader(bytes);
  const kept: Uint8Array[] = [reader.take(8)];
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation = 1;
  let hasData = false;
  for (let type = ''; type !== 'IEND';) {
    const start = reader.offset;
    const length = reader.uint32();
    type = reader.text(4);
    const data = reader.take(length);
    const isSound = reader.uint32() === crc32(bytes.subarray(start + 4, start + 8 + length));
    ensure((type === 'IHDR') === (size === undefined));
    const isKept = KEPT_CHUNKS.has(type) || (type === 'iCCP' && isHarmlessProfileChunk(data));
    // A chunk whose name starts with a capital must be understood.
    ensure(isKept ? isSound : !/^[^a-z]/.test(type));
    if (type === 'IHDR') {
      size = readHeader(data);
      checkSize(size.width, size.height);
    }
    if (type === 'IDAT') hasData = true;
    if (type === 'fcTL') ensureFrameInside(data, size);
    if (type === 'eXIf') orientation = readOrientation(data);
    if (isKept) kept.push(bytes.subarray(start, reader.offset));
  }
  ensure(size !== undefined && hasData);
  // An eXIf chunk may stand anywhere before the picture's data: behind the header it always does.
  if (orientation !== 1) kept.splice(2, 0, chunk('eXIf', orientationOnly(orientation)));
  return {
    contentType: 'image/png',
    bytes: concatBytes(kept),
    ...displaySize(size.width, size.height, orientation),
  };
};

function readHeader(data: Uint8Array): { width: number; height: number } {
  const reader = new ByteReader(data);
  const width = reader.uint32();
  const height = reader.uint32();
  const bitDepth = reader.uint8();
  const colourType = reader.uint8();
  ensure(BIT_DEPTHS[colourType]?.includes(bitDepth) === true && data.length === 13);
  ensure(reader.uint8() === 0 && reader.uint8() === 0 && reader.uint8() <= 1);
  return { width, height };
}

/** A frame of an animation must not be larger than the picture that was measured. */
function ensureFrameInside(data: Uint8Array, size: { width: number; height: number } | undefined): void {
  const reader = new ByteReader(data);
  reader.take(4);
  const width = reader.uint32();
  const height = reader.uint32();
  ensure(size !== undefined && reader.uint32() + width <= size.width);
  ensure(reader.uint32() + height <= size.height);
}

/** Name, 0, compression method 0, zlib stream of the profile. */
function isHarmlessProfileChunk(data: Uint8Array): boolean {
  const nameEnd = data.indexOf(0);
  if (nameEnd < 1 || nameEnd > 79 || data[nameEnd + 1] !== 0) return false;
  try {
    return isHarmlessProfile(
      new Uint8Array(inflateSync(data.subarray(nameEnd + 2), { maxOutputLength: MAX_PROFILE_BYTES })),
    );
  } catch {
    return false;
  }
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const whole = concatBytes([new Uint8Array(4), fromAscii(type), data, new Uint8Array(4)]);
  const view = new DataView(whole.buffer);
  view.setUint32(0, data.length);
  view.setUint32(whole.length - 4, crc32(whole.subarray(4, -4)));
  return whole;
}
