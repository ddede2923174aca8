/** Small real pictures of every format, made here, with or without what must not be stored. */
import { crc32, deflateSync } from 'node:zlib';

/** Stands in everything that cleaning has to remove. */
export const SECRET = 'SECRET 37.4563N 126.9500E';

export type PictureOptions = {
  width?: number;
  height?: number;
  /** Exif with a place, XMP, IPTC, comments, a thumbnail: whatever the format can carry. */
  withSecrets?: boolean;
  /** Exif orientation; only with secrets or alone. */
  orientation?: number;
  /** An ICC profile. */
  profile?: Uint8Array;
};

const MARKER = Buffer.from(SECRET, 'latin1');

/** An Exif block: orientation, and with secrets a description and a GPS directory. */
export function makeExif(orientation: number, withSecrets: boolean, isLittleEndian = false): Buffer {
  const block = Buffer.alloc(26 + (withSecrets ? 24 + 18 + MARKER.length + 1 : 0));
  const u16 = (value: number, at: number) =>
    isLittleEndian ? block.writeUInt16LE(value, at) : block.writeUInt16BE(value, at);
  const u32 = (value: number, at: number) =>
    isLittleEndian ? block.writeUInt32LE(value, at) : block.writeUInt32BE(value, at);
  block.write(isLittleEndian ? 'II' : 'MM', 0, 'latin1');
  u16(42, 2);
  u32(8, 4);
  u16(withSecrets ? 3 : 1, 8);
  let at = 10;
  function entry(tag: number, type: number, count: number, value: number): void {
    u16(tag, at);
    u16(type, at + 2);
    u32(count, at + 4);
    if (type === 3) u16(value, at + 8);
    else u32(value, at + 8);
    at += 12;
  }
  const text = 50 + 18;
  if (withSecrets) entry(0x010e, 2, MARKER.length + 1, text);
  entry(0x0112, 3, 1, orientation);
  if (withSecrets) {
    entry(0x8825, 4, 1, 50);
    u16(1, 50);
    at = 52;
    entry(0x0001, 2, 2, 0x4e000000);
    MARKER.copy(block, text);
  }
  return block;
}

/** An ICC profile with the given tags, each holding 8 bytes. */
export function makeProfile(tags: readonly string[]): Buffer {
  const size = 132 + tags.length * 20;
  const profile = Buffer.alloc(size);
  profile.writeUInt32BE(size, 0);
  profile.write('acsp', 36, 'latin1');
  profile.writeUInt32BE(tags.length, 128);
  for (const [index, tag] of tags.entries()) {
    profile.write(tag, 132 + index * 12, 'latin1');
    profile.writeUInt32BE(132 + tags.length * 12 + index * 8, 136 + index * 12);
    profile.writeUInt32BE(8, 140 + index * 12);
  }
  return profile;
}

/** A grey baseline JPEG: one-bit codes for "no difference" and "end of block", so any size takes two bits a block. */
export function makeJpeg(options: PictureOptions = {}): Buffer {
  const { width = 16, height = 8, withSecrets = false, orientation, profile } = options;
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const scan = Buffer.alloc(Math.ceil(blocks / 4));
  if (blocks % 4) scan[scan.length - 1] = 0xff >> ((blocks % 4) * 2);
  const secrets = withSecrets
    ? [
        jpegSegment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', xmp()),
        jpegSegment(0xe2, 'MPF\0', MARKER),
        jpegSegment(0xed, 'Photoshop 3.0\0', '8BIM\x04\x04', MARKER),
        jpegSegment(0xfe, MARKER),
        jpegSegment(0xe0, 'JFXX\0\x10', MARKER),
      ]
    : [];
  const thumbnail = withSecrets ? Buffer.from([1, 1, 83, 69, 67]) : Buffer.from([0, 0]);
  return Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    jpegSegment(0xe0, 'JFIF\0', Buffer.from('010100000100 01'.replaceAll(' ', ''), 'hex'), thumbnail),
    ...(withSecrets || orientation
      ? [jpegSegment(0xe1, 'Exif\0\0', makeExif(orientation ?? 1, withSecrets))]
      : []),
    ...(profile ? [jpegSegment(0xe2, 'ICC_PROFILE\0', Buffer.from([1, 1]), profile)] : []),
    ...secrets,
    jpegSegment(0xdb, Buffer.from([0]), Buffer.alloc(64, 1)),
    jpegSegment(0xc0, Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0])),
    jpegSegment(0xc4, Buffer.from([0x00, 1]), Buffer.alloc(15), Buffer.from([0])),
    jpegSegment(0xc4, Buffer.from([0x10, 1]), Buffer.alloc(15), Buffer.from([0])),
    jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    scan,
    Buffer.from('ffd9', 'hex'),
  ]);
}

function jpegSegment(marker: number, ...parts: (Buffer | Uint8Array | string)[]): Buffer {
  const payload = joined(parts);
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}

/** A palette PNG of one colour. A `declared` size is written into the header only: nothing is there to decode. */
export function makePng(options: PictureOptions & { isHeaderOnly?: boolean } = {}): Buffer {
  const { width = 16, height = 8, withSecrets = false, orientation, profile } = options;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const rows = options.isHeaderOnly ? Buffer.alloc(1) : Buffer.alloc((width + 1) * height);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    ...(withSecrets || orientation ? [pngChunk('eXIf', makeExif(orientation ?? 1, withSecrets))] : []),
    ...(profile ? [pngChunk('iCCP', 'p\0\0', deflateSync(profile))] : []),
    ...(withSecrets
      ? [
          pngChunk('tEXt', 'Comment\0', MARKER),
          pngChunk('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0', xmp()),
          pngChunk('zTXt', 'Author\0\0', deflateSync(MARKER)),
          pngChunk('tIME', Buffer.from([7, 234, 11, 24, 9, 0, 0])),
          pngChunk('prVt', MARKER),
        ]
      : []),
    pngChunk('PLTE', Buffer.from([40, 90, 200])),
    pngChunk('IDAT', deflateSync(rows)),
    ...(withSecrets ? [pngChunk('tEXt', 'Comment\0', MARKER)] : []),
    pngChunk('IEND'),
  ]);
}

export function pngChunk(type: string, ...parts: (Buffer | Uint8Array | string)[]): Buffer {
  const payload = joined(parts);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), payload]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A lossless WebP of one colour: five prefix codes with one symbol each leave no bits to the pixels. */
export function makeWebp(options: PictureOptions & { isAnimated?: boolean } = {}): Buffer {
  const { width = 16, height = 8, withSecrets = false, orientation, profile, isAnimated = false } = options;
  const picture = webpChunk('VP8L', makeLossless(width, height));
  const isExtended = withSecrets || orientation || profile || isAnimated;
  if (!isExtended) return riff(picture);
  const flags =
    (profile ? 0x20 : 0) | (withSecrets ? 0x0c : orientation ? 0x08 : 0) | (isAnimated ? 0x02 : 0);
  const size = Buffer.alloc(6);
  size.writeUIntLE(width - 1, 0, 3);
  size.writeUIntLE(height - 1, 3, 3);
  const frame = Buffer.concat([
    Buffer.alloc(6),
    size,
    Buffer.from([100, 0, 0, 0]),
    ...(withSecrets ? [webpChunk('JUNK', MARKER)] : []),
    picture,
  ]);
  const exif = withSecrets || orientation ? makeExif(orientation ?? 1, withSecrets, true) : undefined;
  return riff(
    webpChunk('VP8X', Buffer.from([flags, 0, 0, 0]), size),
    ...(profile ? [webpChunk('ICCP', profile)] : []),
    ...(isAnimated ? [webpChunk('ANIM', Buffer.alloc(6)), webpChunk('ANMF', frame)] : [picture]),
    ...(exif ? [webpChunk('EXIF', exif)] : []),
    ...(withSecrets ? [webpChunk('XMP ', xmp()), webpChunk('note', MARKER)] : []),
  );
}

function makeLossless(width: number, height: number): Buffer {
  const bits: number[] = [];
  function write(value: number, count: number): void {
    for (let bit = 0; bit < count; bit += 1) bits.push((value >> bit) & 1);
  }
  write(width - 1, 14);
  write(height - 1, 14);
  write(0, 1 + 3);
  write(0, 3);
  for (const symbol of [90, 40, 200, 255]) {
    write(0b101, 3);
    write(symbol, 8);
  }
  write(0b0001, 4);
  const bytes = Buffer.alloc(1 + Math.ceil(bits.length / 8));
  bytes[0] = 0x2f;
  for (const [index, bit] of bits.entries()) bytes[1 + (index >> 3)]! |= bit << (index & 7);
  return bytes;
}

function webpChunk(type: string, ...parts: (Buffer | Uint8Array | string)[]): Buffer {
  const payload = joined(parts);
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(payload.length, 4);
  return Buffer.concat([head, payload, Buffer.alloc(payload.length % 2)]);
}

function riff(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const head = Buffer.alloc(8);
  head.write('RIFF', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** A GIF that loops, of one colour; the dictionary is cleared before each pixel, so codes stay three bits wide. */
export function makeGif(options: PictureOptions = {}): Buffer {
  const { width = 16, height = 8, withSecrets = false } = options;
  const bits: number[] = [];
  for (const code of [...Array.from({ length: width * height }, () => [4, 0]).flat(), 5]) {
    for (let bit = 0; bit < 3; bit += 1) bits.push((code >> bit) & 1);
  }
  const data = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [index, bit] of bits.entries()) data[index >> 3]! |= bit << (index & 7);
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([
    Buffer.from('GIF89a'),
    size,
    Buffer.from([0x80, 0, 0]),
    Buffer.from([40, 90, 200, 0, 0, 0]),
    gifExtension(0xff, 'NETSCAPE2.0', Buffer.from([1, 0, 0])),
    ...(withSecrets
      ? [
          Buffer.concat([Buffer.from([0x21, 0xfe]), gifBlocks(MARKER)]),
          gifExtension(0xff, 'XMP DataXMP', xmp()),
        ]
      : []),
    Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0]),
    Buffer.from([0x2c, 0, 0, 0, 0]),
    size,
    Buffer.from([0, 2]),
    gifBlocks(data),
    Buffer.from([0x3b]),
  ]);
}

function gifExtension(label: number, name: string, data: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([0x21, label, name.length]),
    Buffer.from(name, 'latin1'),
    gifBlocks(data),
  ]);
}

function gifBlocks(data: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const part = data.subarray(at, at + 255);
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/** The start of a HEIC file as a phone writes it. */
export function makeHeic(): Buffer {
  const box = Buffer.concat([Buffer.from('ftypheic\0\0\0\0mif1heic', 'latin1')]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(box.length + 4);
  return Buffer.concat([length, box, Buffer.alloc(64)]);
}

function xmp(): Buffer {
  return Buffer.from(`<x:xmpmeta><exif:GPSLatitude>${SECRET}</exif:GPSLatitude></x:xmpmeta>`);
}

function joined(parts: readonly (Buffer | Uint8Array | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}
