import { concatBytes } from '../../../platform/bytes.ts';
import { ByteReader, fromAscii, ensure } from './byte-reader.ts';
import type { CheckSize, Cleaner } from './cleaner.ts';
import { isHarmlessProfile } from './colour-profile.ts';
import { displaySize, orientationOnly, readOrientation, type Orientation } from './orientation.ts';

type Size = { width: number; height: number };
type Chunk = { type: string; data: Uint8Array };

const HAS_PROFILE = 0x20;
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;

/** Keeps the picture or the frames of an animation, a harmless colour profile and the orientation; RIFF says where it ends. */
export const cleanWebp: Cleaner = (bytes, checkSize) => {
  const reader = new ByteReader(bytes);
  reader.take(4);
  const length = reader.uint32(true);
  ensure(length >= 4 && length <= reader.left);
  const chunks = readChunks(bytes.subarray(12, 8 + length));
  const [first] = chunks;
  ensure(first !== undefined);
  if (first.type !== 'VP8X') {
    const size = readPictureSize(first);
    checkSize(size.width, size.height);
    return { contentType: 'image/webp', bytes: toRiff([first]), ...size };
  }
  return cleanExtended(first.data, chunks.slice(1), checkSize);
};

function cleanExtended(header: Uint8Array, chunks: Chunk[], checkSize: CheckSize): ReturnType<Cleaner> {
  ensure(header.length === 10);
  const reader = new ByteReader(header);
  const flags = reader.uint8();
  reader.take(3);
  const canvas = { width: reader.uint24LittleEndian() + 1, height: reader.uint24LittleEndian() + 1 };
  checkSize(canvas.width, canvas.height);
  const kept: Chunk[] = [];
  let orientation: Orientation = 1;
  let newFlags = flags & ~(HAS_PROFILE | HAS_EXIF | HAS_XMP);
  let pictures = 0;
  for (const chunk of chunks) {
    if (chunk.type === 'ICCP' && isHarmlessProfile(chunk.data)) {
      newFlags |= HAS_PROFILE;
      kept.push(chunk);
    }
    if (chunk.type === 'ANIM' || chunk.type === 'ALPH') kept.push(chunk);
    if (chunk.type === 'ANMF') {
      pictures += 1;
      kept.push({ type: 'ANMF', data: cleanFrame(chunk.data, canvas) });
    }
    if (chunk.type === 'VP8 ' || chunk.type === 'VP8L') {
      pictures += 1;
      ensureSameSize(readPictureSize(chunk), canvas);
      kept.push(chunk);
    }
    if (chunk.type === 'EXIF') orientation = readOrientation(withoutExifName(chunk.data));
  }
  ensure(pictures > 0);
  if (orientation !== 1) {
    newFlags |= HAS_EXIF;
    kept.push({ type: 'EXIF', data: orientationOnly(orientation) });
  }
  const newHeader = header.slice();
  newHeader.set([newFlags, 0, 0, 0]);
  return {
    contentType: 'image/webp',
    bytes: toRiff([{ type: 'VP8X', data: newHeader }, ...kept]),
    ...displaySize(canvas.width, canvas.height, orientation),
  };
}

/** A frame is 16 bytes of place, size and duration, then chunks of its own. */
function cleanFrame(data: Uint8Array, canvas: Size): Uint8Array {
  const reader = new ByteReader(data);
  const left = reader.uint24LittleEndian() * 2;
  const top = reader.uint24LittleEndian() * 2;
  const size = { width: reader.uint24LittleEndian() + 1, height: reader.uint24LittleEndian() + 1 };
  ensure(left + size.width <= canvas.width && top + size.height <= canvas.height);
  const chunks = readChunks(data.subarray(16)).filter(({ type }) => ['ALPH', 'VP8 ', 'VP8L'].includes(type));
  const picture = chunks.find(({ type }) => type !== 'ALPH');
  ensure(picture !== undefined);
  ensureSameSize(readPictureSize(picture), size);
  return concatBytes([data.subarray(0, 16), ...chunks.map(writeChunk)]);
}

function readChunks(bytes: Uint8Array): Chunk[] {
  const reader = new ByteReader(bytes);
  const chunks: Chunk[] = [];
  while (reader.left > 0) {
    const type = reader.text(4);
    const length = reader.uint32(true);
    chunks.push({ type, data: reader.take(length) });
    // Some writers leave the padding of the last chunk out.
    reader.take(Math.min(length % 2, reader.left));
  }
  return chunks;
}

/** The size that the picture's own bitstream names (RFC 6386 §9.1; WebP lossless §3). */
function readPictureSize({ type, data }: Chunk): Size {
  const reader = new ByteReader(data);
  if (type === 'VP8L') {
    ensure(reader.uint8() === 0x2f);
    const bits = reader.uint32(true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  ensure(type === 'VP8 ' && (reader.uint8() & 1) === 0);
  reader.take(2);
  ensure(reader.uint8() === 0x9d && reader.uint8() === 0x01 && reader.uint8() === 0x2a);
  return { width: reader.uint16(true) & 0x3fff, height: reader.uint16(true) & 0x3fff };
}

function ensureSameSize(a: Size, b: Size): void {
  ensure(a.width === b.width && a.height === b.height);
}

/** Some writers keep JPEG's `Exif\0\0` before the block. */
function withoutExifName(data: Uint8Array): Uint8Array {
  return data[0] === 0x45 ? data.subarray(6) : data;
}

function writeChunk({ type, data }: Chunk): Uint8Array {
  const whole = new Uint8Array(8 + data.length + (data.length % 2));
  whole.set(fromAscii(type));
  new DataView(whole.buffer).setUint32(4, data.length, true);
  whole.set(data, 8);
  return whole;
}

function toRiff(chunks: Chunk[]): Uint8Array {
  const body = concatBytes([fromAscii('WEBP'), ...chunks.map(writeChunk)]);
  const header = new Uint8Array(8);
  header.set(fromAscii('RIFF'));
  new DataView(header.buffer).setUint32(4, body.length, true);
  return concatBytes([header, body]);
}
