import { AppError } from '../../../platform/errors.ts';

/** Reads forward through bytes; whatever is not there fails with `image_broken`. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  take(length: number): Uint8Array {
    return this.bytes.subarray(this.#advance(length), this.offset);
  }

  text(length: number): string {
    return asciiAt(this.bytes, this.#advance(length), length);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(isLittleEndian = false): number {
    return this.#view.getUint16(this.#advance(2), isLittleEndian);
  }

  uint24LittleEndian(): number {
    return this.uint16(true) | (this.uint8() << 16);
  }

  uint32(isLittleEndian = false): number {
    return this.#view.getUint32(this.#advance(4), isLittleEndian);
  }

  /** Moves on and answers where it stood. */
  #advance(length: number): number {
    const start = this.offset;
    if (length > this.left) throw broken();
    this.offset = start + length;
    return start;
  }
}

export function broken(): AppError {
  return new AppError('image_broken');
}

/** Throws `image_broken` unless the image keeps to its format. */
export function ensure(isAsItShouldBe: boolean): asserts isAsItShouldBe {
  if (!isAsItShouldBe) throw broken();
}

/** Bytes as text, one character a byte; shorter at the end of the bytes. */
export function asciiAt(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

export function fromAscii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
