/** Finds what must not be written down: as it is, in the usual encodings, and as a digest that could be tried out. */
import { createHash } from 'node:crypto';

/** `isGuessable`: so few are possible that a plain digest of it gives it away. */
export type Secret = { what: string; text: string; isGuessable: boolean };

const ADDRESS = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/u;
const ENCODED = /[\w+/-]{8,}={0,2}/g;

/** The text itself, and what it says once its encodings are undone. */
function readingsOf(text: string): string[] {
  const unescaped = text.replaceAll(/\\u([0-9a-f]{4})/gi, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const percent = text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString(),
  );
  const words = text.match(ENCODED) ?? [];
  const decoded = words.flatMap((word) => [
    Buffer.from(word, 'base64').toString(),
    ...(/^[0-9a-f]+$/i.test(word) ? [Buffer.from(word, 'hex').toString()] : []),
  ]);
  return [text, unescaped, percent, decoded.join('\n')];
}

function digestsOf(text: string): string[] {
  return ['sha256', 'sha1', 'md5'].flatMap((algorithm) => {
    const digest = createHash(algorithm).update(text).digest();
    return [
      digest.toString('hex'),
      digest.toString('base64').replace(/=+$/, ''),
      digest.toString('base64url'),
    ];
  });
}

function holds(reading: string, { text, isGuessable }: Secret, raw: string): boolean {
  const isThere = /^\d+$/.test(text)
    ? new RegExp(`(?<!\\w)${text}(?!\\w)`).test(reading)
    : reading.includes(text);
  return isThere || (isGuessable && digestsOf(text).some((digest) => raw.includes(digest)));
}

/** What a text gives away of the secrets, and whether it holds an address of anybody. */
export function findSecrets(text: string, secrets: readonly Secret[]): string[] {
  const readings = readingsOf(text);
  const found = secrets.filter((secret) => readings.some((reading) => holds(reading, secret, text)));
  const address = readings.map((reading) => ADDRESS.exec(reading)?.[0]).find((match) => match !== undefined);
  return [...found.map(({ what }) => what), ...(address === undefined ? [] : [`an address: ${address}`])];
}
