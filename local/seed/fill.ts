/** Puts words into the gaps of a sentence. */
import { josa } from 'es-hangul';
import type { FieldId } from '../../src/features/schools/fields.ts';
import type { Draw } from './random.ts';
import { generalWords, testsOfLanguage, wordsOfField } from './vocabulary.ts';

/** The words that a text has used so far, by the name of the gap: the same gap is the same word throughout. */
export type Values = Map<string, string>;

const gap = /\{(\w+)(?::([^}]+))?\}/g;

const particles = ['이/가', '을/를', '은/는', '와/과', '으로/로', '이라/라', '이에요/예요'] as const;

/** Least and most of the gaps that are numbers. */
const numbers: Record<string, readonly [number, number]> = {
  n: [3, 9],
  week: [2, 12],
  hours: [2, 6],
  count: [12, 60],
  percent: [70, 97],
  people: [3, 6],
  page: [120, 420],
};

/** Fills every gap of `template`, drawing the words that `values` does not have yet and adding them to it. */
export function fillGaps(template: string, draw: Draw, fieldId: FieldId, values: Values): string {
  return template.replace(gap, (_, name: string, particle: string | undefined) => {
    const word = values.get(name) ?? drawWord(name, draw, fieldId, values);
    values.set(name, word);
    return particle === undefined ? word : withParticle(word, particle);
  });
}

/** Whether `values` has a word for every gap of `template`. */
export function isFillable(template: string, values: Values): boolean {
  return [...template.matchAll(gap)].every(([, name]) => name !== undefined && values.has(name));
}

/** Draws one word for a gap without using it in a text. */
export function drawWord(name: string, draw: Draw, fieldId: FieldId, values: Values): string {
  const range = numbers[name];
  if (range !== undefined) return String(draw.between(range[0], range[1]));
  if (name === 'languageTest') return draw.pick(testsOfLanguage[values.get('language') ?? '영어'] ?? []);
  const fieldWords: Record<string, readonly string[]> = wordsOfField(fieldId);
  const list = fieldWords[name] ?? generalWords[name];
  if (list === undefined) throw new Error(`No words are known for {${name}}.`);
  return draw.pick(list);
}

function withParticle(word: string, particle: string): string {
  const known = particles.find((candidate) => candidate === particle);
  if (known === undefined) throw new Error(`The particle ${particle} is not known.`);
  return josa(word, known);
}
