/**
 * What can be found by a tag on a day: some pieces a day, each found for as many days, so that a day's findings stay the
 * same for that day and are partly new on the next. Some are found by several tags. All of it follows from tag and day.
 */
import type { Draw } from '../../seed/random.ts';
import { DAY_MS, startOfDay } from './days.ts';
import { drawNamed, fillIn } from './draw.ts';

export type Piece = {
  /** Its own draws, the same whenever and by whichever tag it is found. */
  draw(what: string): Draw;
  title: string;
  /** Some sentences. */
  text: string;
  publishedAt: Date;
  /** The third of its day: not every site has it. */
  isExtra: boolean;
};

export type Genre = {
  name: string;
  /** For how many days a piece is found. */
  days: number;
  titles: readonly string[];
  /** Of pieces that several tags find. */
  sharedTitles: readonly string[];
  sentences: readonly string[];
};

/** A prime to the lengths of all lists of titles, so that none comes twice within the days of a genre. */
const STEP = 7;

/** Two or three pieces for each of the last days, and those shared ones that the tag finds. At most 25. */
export function findPieces(genre: Genre, tag: string, day: number): Piece[] {
  const pieces: Piece[] = [];
  for (let born = day - genre.days + 1; born <= day; born += 1) {
    const own = drawNamed(genre.name, tag, born).between(2, 3);
    for (let slot = 0; slot < own; slot += 1) pieces.push(makePiece(genre, tag, born, slot));
    if (drawNamed(genre.name, 'shared', tag, born).chance(0.3)) pieces.push(makePiece(genre, '', born, 0));
  }
  return pieces.slice(0, 25);
}

function makePiece(genre: Genre, tag: string, born: number, slot: number): Piece {
  const draw = (what: string): Draw => drawNamed(genre.name, tag, born, slot, what);
  const titles = tag === '' ? genre.sharedTitles : genre.titles;
  const first = drawNamed(genre.name, tag).below(titles.length);
  const title = titles[(first + (born * 3 + slot) * STEP) % titles.length] ?? '';
  const text = draw('text');
  const from = text.below(genre.sentences.length);
  const sentences = [0, 1, 2].map((next) => genre.sentences[(from + next) % genre.sentences.length] ?? '');
  return {
    draw,
    title: fillIn(title, tag, draw('title')),
    text: sentences.map((sentence) => fillIn(sentence, tag || '대학 생활', text)).join(' '),
    // The day before it is first found: never in the future.
    publishedAt: new Date(startOfDay(born - 1) + draw('time').below(DAY_MS / 1000) * 1000),
    isExtra: slot === 2,
  };
}
