/** Draws by name: what a name has drawn once, it draws always. */
import { createHash } from 'node:crypto';
import { josa } from 'es-hangul';
import { drawFor, type Draw } from '../../seed/random.ts';
import { fillers } from './words.ts';

/** The draws of a name, told apart by its parts. */
export function drawNamed(...parts: readonly (string | number)[]): Draw {
  const hash = createHash('sha256').update(parts.join('\u0000')).digest();
  return drawFor(hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8));
}

/** Letters, digits, `-` and `_`. */
export function drawLetters(draw: Draw, count: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return Array.from({ length: count }, () => letters[draw.below(64)]).join('');
}

/** In an order of its own. */
export function shuffle<T>(draw: Draw, list: readonly T[]): T[] {
  const rest = [...list];
  return list.flatMap(() => rest.splice(draw.below(rest.length), 1));
}

/** Puts words into a sentence of `words.ts`: `{name}`, or `{name:을/를}` with the particle that fits. */
export function fillIn(sentence: string, tag: string, draw: Draw): string {
  return sentence.replaceAll(/\{(\w+)(?::([^}]+))?\}/g, (_all, name: string, particle?: string) => {
    const word = wordFor(name, tag, draw);
    return particle ? josa(word, particle as '을/를') : word;
  });
}

function wordFor(name: string, tag: string, draw: Draw): string {
  if (name === 'tag') return tag;
  if (name === 'percent') return String(draw.between(12, 180));
  if (name === 'people') return String(draw.between(3, 60) * 10);
  if (name === 'few') return String(draw.between(3, 9));
  return draw.pick(fillers[name as keyof typeof fillers]);
}
