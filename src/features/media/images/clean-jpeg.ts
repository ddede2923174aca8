import { concatBytes } from '../../../platform/bytes.ts';
import { asciiAt, ByteReader, fromAscii, ensure } from './byte-reader.ts';
import type { Cleaner } from './cleaner.ts';
import { isHarmlessProfile } from './colour-profile.ts';
import { displaySize, orientationOnly, readOrientation, type Orientation } from './orientation.ts';

const START = 0xd8;
const END = 0xd9;
const START_OF_SCAN = 0xda;
/** Quantisation, Huffman and restart tables: what a decoder needs besides frame and scans. */
const TABLES = new Set([0xdb, 0xc4, 0xdd]);
/** Baseline, extended and progressive Huffman coding: all that browsers and phones decode. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2]);
/** Files with thousands of scans exist to keep decoders busy. */
const MAX_SCANS = 100;

const EXIF = 'Exif\0\0';
const ICC = 'ICC_PROFILE\0';

/** What the application segments had to say that may stay. */
type Kept = { jfif?: Uint8Array; adobe?: Uint8Array; orientation: Orientation; profile: Uint8Array[] };

/**
 * Keeps frame, tables and scans as they are; of the application segments only the JFIF header without its thumbnail,
 * Adobe's colour transform, a harmless colour profile and the orientation. Ends at the first end marker, so previews,
 * gain maps and whatever else stands behind it are gone.
 */
export const cleanJpeg: Cleaner = (bytes, checkSize) => {
  const reader = new ByteReader(bytes);
  const kept: Kept = { orientation: 1, profile: [] };
  const picture: Uint8Array[] = [];
  let size: { width: number; height: number } | undefined;
  let scans = 0;
  reader.take(2);
  for (;;) {
    const marker = readMarker(reader);
    if (marker === END) break;
    const payload = readPayload(reader, marker);
    if (FRAMES.has(marker)) {
      ensure(size === undefined);
      size = readFrame(payload);
      checkSize(size.width, size.height);
      picture.push(segment(marker, payload));
    } else if (marker === START_OF_SCAN) {
      scans += 1;
      ensure(size !== undefined && scans <= MAX_SCANS);
      picture.push(segment(marker, payload), readScan(reader));
    } else if (TABLES.has(marker)) picture.push(segment(marker, payload));
    else if (marker === 0xfe || (marker >= 0xe0 && marker <= 0xef)) readApplication(marker, payload, kept);
    else ensure(false);
  }
  ensure(size !== undefined && scans > 0);
  return {
    contentType: 'image/jpeg',
    bytes: concatBytes([
      Uint8Array.of(0xff, START),
      ...applicationSegments(kept),
      ...picture,
      Uint8Array.of(0xff, END),
    ]),
    ...displaySize(size.width, size.height, kept.orientation),
  };
};

function readMarker(reader: ByteReader): number {
  ensure(reader.uint8() === 0xff);
  let marker = reader.uint8();
  while (marker === 0xff) marker = reader.uint8();
  return marker;
}

function readPayload(reader: ByteReader, marker: number): Uint8Array {
  ensure(marker >= 0xc0 && (marker < 0xd0 || marker > 0xd9));
  const length = reader.uint16();
  ensure(length >= 2);
  return reader.take(length - 2);
}

function readFrame(payload: Uint8Array): { width: number; height: number } {
  const reader = new ByteReader(payload);
  ensure(reader.uint8() === 8);
  const height = reader.uint16();
  const width = reader.uint16();
  const components = reader.uint8();
  ensure([1, 3, 4].includes(components) && payload.length === 6 + components * 3);
  return { width, height };
}

/** Entropy-coded data up to the next marker; a 0xff in it is followed by 0 or is a restart marker. */
function readScan(reader: ByteReader): Uint8Array {
  const { bytes, offset: start } = reader;
  let at = start;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    ensure(at !== -1 && at + 1 < bytes.length);
    const next = bytes[at + 1] ?? 0;
    if (next === 0 || (next >= 0xd0 && next <= 0xd7)) at += 2;
    else if (next === 0xff) at += 1;
    else break;
  }
  ensure(at > start);
  return reader.take(at - start);
}

function readApplication(marker: number, payload: Uint8Array, kept: Kept): void {
  const name = asciiAt(payload, 0, 12);
  if (marker === 0xe0 && name.startsWith('JFIF\0') && payload.length >= 14) {
    kept.jfif = payload.slice(0, 14);
    kept.jfif.fill(0, 12);
  }
  if (marker === 0xe1 && name.startsWith(EXIF)) kept.orientation = readOrientation(payload.subarray(6));
  if (marker === 0xe2 && name === ICC) kept.profile.push(payload);
  if (marker === 0xee && name.startsWith('Adobe') && payload.length >= 12)
    kept.adobe = payload.subarray(0, 12);
}

function applicationSegments({ jfif, adobe, orientation, profile }: Kept): Uint8Array[] {
  const segments: Uint8Array[] = [];
  if (jfif) segments.push(segment(0xe0, jfif));
  if (orientation !== 1) {
    segments.push(segment(0xe1, concatBytes([fromAscii(EXIF), orientationOnly(orientation)])));
  }
  if (isWholeProfile(profile)) segments.push(...profile.map((payload) => segment(0xe2, payload)));
  if (adobe) segments.push(segment(0xee, adobe));
  return segments;
}

/** A profile too long for one segment is cut into numbered parts. */
function isWholeProfile(parts: readonly Uint8Array[]): boolean {
  const isInOrder = parts.every((part, index) => part[12] === index + 1 && part[13] === parts.length);
  return isInOrder && isHarmlessProfile(concatBytes(parts.map((part) => part.subarray(14))));
}

function segment(marker: number, payload: Uint8Array): Uint8Array {
  const length = payload.length + 2;
  return concatBytes([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), payload]);
}
