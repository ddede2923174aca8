/** What the Workers runtime has and Node lacks. */
class FixedLengthStreamOfNode extends TransformStream<Uint8Array, Uint8Array> {
  constructor(length: number | bigint) {
    let left = Number(length);
    super({
      transform(part, controller) {
        left -= part.length;
        if (left < 0) throw new TypeError('more bytes than declared');
        controller.enqueue(part);
      },
      flush() {
        if (left > 0) throw new TypeError('fewer bytes than declared');
      },
    });
  }
}

Object.assign(globalThis, { FixedLengthStream: FixedLengthStreamOfNode });
