import { asciiAt } from './byte-reader.ts';

const MAX_BYTES = 64 * 1024;
const TAG_TABLE = 132;

/**
 * Tags that describe colour and nothing else. Left out are those that name a machine: `mmod` holds the serial number
 * of a display, `meta` and private tags hold anything.
 */
const HARMLESS_TAGS = new Set(
  (
    'A2B0 A2B1 A2B2 B2A0 B2A1 B2A2 D2B0 D2B1 D2B2 D2B3 B2D0 B2D1 B2D2 B2D3 bTRC bXYZ bkpt chad chrm cicp clro clrt ' +
    'cprt desc dmdd dmnd dscm gTRC gXYZ gamt kTRC lumi meas rTRC rXYZ rig0 rig2 tech view vued wtpt'
  ).split(' '),
);

/** Whether an ICC profile (ICC.1) may stay: it is whole, small and describes colour only. */
export function isHarmlessProfile(profile: Uint8Array): boolean {
  if (profile.length < TAG_TABLE || profile.length > MAX_BYTES) return false;
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength);
  if (view.getUint32(0) !== profile.length || asciiAt(profile, 36, 4) !== 'acsp') return false;
  const count = view.getUint32(TAG_TABLE - 4);
  if (TAG_TABLE + count * 12 > profile.length) return false;
  for (let offset = TAG_TABLE; offset < TAG_TABLE + count * 12; offset += 12) {
    const end = view.getUint32(offset + 4) + view.getUint32(offset + 8);
    if (!HARMLESS_TAGS.has(asciiAt(profile, offset, 4)) || end > profile.length) return false;
  }
  return true;
}
