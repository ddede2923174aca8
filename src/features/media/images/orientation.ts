import { AppError } from '../../../platform/errors.ts';
import { ByteReader } from './byte-reader.ts';

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/** How a picture is to be turned for display (TIFF 6.0): 1 is upright; 5 to 8 swap width and height. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The Orientation tag of an Exif block (without the `Exif\0\0` before it). 1 when there is none or it makes no sense. */
export function readOrientation(exif: Uint8Array): Orientation {
  try {
    return findOrientation(new ByteReader(exif));
  } catch (error) {
    // The block is dropped whatever it holds; a damaged one does not make the picture unusable.
    if (error instanceof AppError) return 1;
    throw error;
  }
}

function findOrientation(reader: ByteReader): Orientation {
  const isLittleEndian = reader.text(2) === 'II';
  if (reader.uint16(isLittleEndian) !== 42) return 1;
  reader.offset = reader.uint32(isLittleEndian);
  const entries = reader.uint16(isLittleEndian);
  for (let entry = 0; entry < entries; entry += 1) {
    const tag = reader.uint16(isLittleEndian);
    const type = reader.uint16(isLittleEndian);
    reader.take(4);
    const value = reader.uint16(isLittleEndian);
    reader.take(2);
    if (tag === ORIENTATION_TAG) {
      return type === SHORT && value >= 1 && value <= 8 ? (value as Orientation) : 1;
    }
  }
  return 1;
}

/** An Exif block that holds the Orientation tag and nothing else. */
export function orientationOnly(orientation: Orientation): Uint8Array {
  const block = new Uint8Array(26);
  const view = new DataView(block.buffer);
  block.set([0x4d, 0x4d]);
  view.setUint16(2, 42);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, ORIENTATION_TAG);
  view.setUint16(12, SHORT);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return block;
}

/** Width and height as people see the picture. */
export function displaySize(width: number, height: number, orientation: Orientation) {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}
