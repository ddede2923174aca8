import { describe, expect, it } from 'vitest';
import {
  makeExif,
  makeGif,
  makeHeic,
  makeJpeg,
  makePng,
  makeProfile,
  makeWebp,
  pngChunk,
  SECRET,
} from '../../../../test/harness/images.ts';
import { AppError } from '../../../platform/errors.ts';
import { cleanImage } from './clean-image.ts';
import { readOrientation } from './orientation.ts';

const MAX_PIXELS = 50_000_000;
const formats = { jpeg: makeJpeg, png: makePng, webp: makeWebp, gif: makeGif };
const names = Object.keys(formats) as (keyof typeof formats)[];

function clean(bytes: Uint8Array) {
  const { bytes: cleaned, ...rest } = cleanImage(new Uint8Array(bytes), MAX_PIXELS);
  return { bytes: Buffer.from(cleaned), ...rest };
}

function refusal(bytes: Uint8Array): string {
  try {
    clean(bytes);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'taken';
}

describe.each(names)('a %s', (format) => {
  const make = formats[format];

  it('without anything to remove is stored byte for byte', () => {
    const plain = make({ width: 40, height: 24 });
    expect(clean(plain)).toEqual({
      bytes: plain,
      contentType: `image/${format}`,
      width: 40,
      height: 24,
    });
  });

  it('with places, times, comments, thumbnails and private data becomes the one without', () => {
    const dirty = make({ width: 40, height: 24, withSecrets: true });
    expect(dirty.includes(SECRET)).toBe(true);
    const { bytes } = clean(dirty);
    expect(bytes.includes(SECRET)).toBe(false);
    expect(clean(bytes).bytes.equals(bytes)).toBe(true);
    // A WebP keeps its extended header; the others are exactly the plain picture.
    if (format !== 'webp') expect(bytes.equals(make({ width: 40, height: 24 }))).toBe(true);
  });

  it.each(['<script>alert(1)</script>', 'PK\x03\x04 a zip', '\xff\xd8\xff\xe0 a second picture'])(
    'loses what is appended: %s',
    (appended) => {
      const plain = make();
      expect(clean(Buffer.concat([plain, Buffer.from(appended, 'latin1')])).bytes.equals(plain)).toBe(true);
    },
  );

  it('is refused wherever it is cut off', () => {
    const whole = make({ withSecrets: true, profile: makeProfile(['desc']) });
    const ends = Array.from({ length: whole.length }, (_, end) => refusal(whole.subarray(0, end)));
    expect(new Set(ends)).toEqual(new Set(['image_not_supported', 'image_broken']));
    expect(ends.at(-1)).toBe('image_broken');
  });

  it('damaged anywhere is either refused or clean, and never ends the program', () => {
    const whole = make({ withSecrets: true });
    for (let at = 0; at < whole.length; at += 1) {
      for (const value of [0, 0x7f, 0xff]) {
        const damaged = Buffer.from(whole);
        damaged[at] = value;
        const code = refusal(damaged);
        if (code === 'taken') expect(clean(damaged).bytes.includes(SECRET)).toBe(false);
        else
          expect(['image_broken', 'image_not_supported', 'image_too_many_pixels', 'image_heic']).toContain(
            code,
          );
      }
    }
  });

  it('of no size or of too many pixels is refused by its header', () => {
    const huge = format === 'png' ? makePng({ width: 10_000, height: 6000, isHeaderOnly: true }) : make();
    expect(refusal(huge)).toBe(format === 'png' ? 'image_too_many_pixels' : 'taken');
    expect(() => cleanImage(new Uint8Array(make({ width: 40, height: 24 })), 959)).toThrow(
      'image_too_many_pixels',
    );
    expect(cleanImage(new Uint8Array(make({ width: 40, height: 24 })), 960).width).toBe(40);
  });
});

describe('orientation', () => {
  it.each([
    ['jpeg', makeJpeg],
    ['png', makePng],
    ['webp', makeWebp],
  ] as const)('of a %s survives alone, and the size is the one people see', (_format, make) => {
    const turned = clean(make({ width: 40, height: 24, withSecrets: true, orientation: 6 }));
    expect(turned).toMatchObject({ width: 24, height: 40 });
    expect(turned.bytes.includes(makeExif(6, false))).toBe(true);
    expect(turned.bytes.includes(SECRET)).toBe(false);
    expect(clean(make({ width: 40, height: 24, orientation: 3 }))).toMatchObject({ width: 40, height: 24 });
    expect(clean(make({ orientation: 1 })).bytes.includes('MM\0*')).toBe(false);
  });

  it('is read in either byte order, and is 1 when it makes no sense', () => {
    expect(readOrientation(makeExif(8, true, true))).toBe(8);
    expect(readOrientation(makeExif(8, true, false))).toBe(8);
    expect(readOrientation(makeExif(9, true))).toBe(1);
    expect(readOrientation(makeExif(8, true).subarray(0, 20))).toBe(1);
    expect(readOrientation(Buffer.alloc(0))).toBe(1);
  });
});

describe('a colour profile', () => {
  const harmless = makeProfile(['desc', 'wtpt', 'rXYZ', 'rTRC', 'chad']);
  const revealing = makeProfile(['desc', 'wtpt', 'mmod']);

  it.each([
    ['jpeg', makeJpeg],
    ['webp', makeWebp],
  ] as const)('of a %s stays when it describes colour, and goes when it names a machine', (_format, make) => {
    expect(clean(make({ profile: harmless })).bytes.includes(harmless)).toBe(true);
    expect(clean(make({ profile: revealing })).bytes.includes('mmod')).toBe(false);
  });

  it('of a PNG likewise, though it is compressed there', () => {
    expect(clean(makePng({ profile: harmless })).bytes.includes('iCCP')).toBe(true);
    expect(clean(makePng({ profile: revealing })).bytes.includes('iCCP')).toBe(false);
  });

  it('that lies about its length goes', () => {
    const lying = Buffer.concat([harmless, Buffer.from(SECRET)]);
    expect(clean(makeJpeg({ profile: lying })).bytes.includes(SECRET)).toBe(false);
  });
});

describe('what is no image of ours', () => {
  it.each([
    ['nothing', '', 'image_not_supported'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image_not_supported'],
    ['a page', '<!doctype html><script>alert(1)</script>', 'image_not_supported'],
    [
      'a page behind the first bytes of a GIF',
      'GIF89a\x01\0\x01\0\0\0\0<script>alert(1)</script>',
      'image_broken',
    ],
    ['a zip', 'PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaa', 'image_not_supported'],
    ['an AVIF', '\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'image_not_supported'],
  ])('%s is refused', (_name, text, code) => {
    expect(refusal(Buffer.from(text, 'latin1'))).toBe(code);
  });

  it('HEIC has an error of its own', () => {
    expect(refusal(makeHeic())).toBe('image_heic');
    expect(refusal(Buffer.from('\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'latin1'))).toBe('image_heic');
  });
});

it('a PNG chunk that must be understood and is not, or whose CRC is wrong, is refused', () => {
  const png = makePng();
  const withChunk = (chunk: Buffer) => Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
  expect(refusal(withChunk(pngChunk('CgBI', Buffer.alloc(4))))).toBe('image_broken');
  const wrong = pngChunk('gAMA', Buffer.alloc(4));
  wrong[wrong.length - 1]! ^= 1;
  expect(refusal(withChunk(wrong))).toBe('image_broken');
});

it('an animation keeps its frames and its loop, and no frame is larger than the picture', () => {
  const animated = makeWebp({ isAnimated: true, withSecrets: true });
  const { bytes } = clean(animated);
  expect(bytes.includes('ANMF')).toBe(true);
  expect(bytes.includes(SECRET)).toBe(false);
  const outside = Buffer.from(animated);
  outside[animated.indexOf('ANMF') + 8] = 1;
  expect(refusal(outside)).toBe('image_broken');
  expect(clean(makeGif()).bytes.includes('NETSCAPE2.0')).toBe(true);
});

it('a JPEG of thousands of scans is refused', () => {
  const jpeg = makeJpeg();
  const scan = jpeg.subarray(jpeg.indexOf(Buffer.from('ffda', 'hex')), -2);
  const many = Buffer.concat([
    jpeg.subarray(0, -2),
    ...Array.from({ length: 100 }, () => scan),
    jpeg.subarray(-2),
  ]);
  expect(refusal(many)).toBe('image_broken');
});
