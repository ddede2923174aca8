/** Writes what is said under a post. */
import { authorReplies, cheers, otherReplies, questions, shares, type CommentKind } from './comment-texts.ts';
import { fillGaps, isFillable } from './fill.ts';
import type { WrittenPost } from './posts.ts';
import type { Draw } from './random.ts';
import type { Comment, Person, Reply } from './types.ts';

export type Commenters = {
  /** Comments and replies a post, on average. */
  average: number;
  until: number;
  people: number;
  drawPerson(): Person;
};

const authorAnswers = 0.45;
const otherAnswers = 0.15;

/** Comments of others on a post; each person and each text comes once. */
export function writeComments(written: WrittenPost, draw: Draw, commenters: Commenters): Comment[] {
  if (commenters.people < 2) return [];
  const count = drawCount(draw, commenters.average / (1 + authorAnswers + otherAnswers));
  const { post } = written;
  const times = Array.from({ length: count }, () => drawLater(draw, post.createdAt, commenters.until));
  times.sort((a, b) => a - b);
  const said = new Set<string | number>([post.authorIndex]);
  return times.flatMap((createdAt) => {
    const author = commenters.drawPerson();
    const kind = drawKind(draw, written);
    const text = say(draw, textsOf(kind, written), written, givenName(written.author));
    if (said.has(author.index) || said.has(text)) return [];
    said.add(author.index).add(text);
    const comment = { authorIndex: author.index, text, createdAt };
    return [{ ...comment, replies: writeReplies(comment, author, kind, written, draw, commenters) }];
  });
}

function writeReplies(
  comment: Omit<Comment, 'replies'>,
  commenter: Person,
  kind: CommentKind,
  written: WrittenPost,
  draw: Draw,
  commenters: Commenters,
): Reply[] {
  const replies: Reply[] = [];
  function reply(author: Person, texts: readonly string[]): void {
    replies.push({
      authorIndex: author.index,
      answersIndex: commenter.index,
      text: say(draw, texts, written, givenName(commenter)),
      createdAt: drawLater(draw, replies.at(-1)?.createdAt ?? comment.createdAt, commenters.until),
    });
  }
  if (draw.chance(otherAnswers)) {
    const other = commenters.drawPerson();
    if (other.index !== commenter.index && other.index !== written.author.index) {
      reply(other, otherReplies[kind]);
    }
  }
  if (draw.chance(authorAnswers)) reply(written.author, authorReplies[kind]);
  return replies;
}

function drawKind(draw: Draw, { mood }: WrittenPost): CommentKind {
  if (draw.chance(mood === 'calm' ? 0.45 : 0.75)) return 'cheer';
  return draw.chance(0.6) ? 'question' : 'share';
}

function textsOf(kind: CommentKind, { mood, post }: WrittenPost): readonly string[] {
  if (kind === 'cheer') return cheers[mood];
  return kind === 'question' ? questions[post.theme] : shares[post.theme];
}

function say(draw: Draw, texts: readonly string[], written: WrittenPost, name: string): string {
  const words = new Map(written.words).set('name', name);
  const fitting = texts.filter((text) => isFillable(text, words));
  return fillGaps(draw.pick(fitting), draw, written.author.fieldId, words);
}

/** How people call each other: the name without the family name, which is two syllables in a few. */
function givenName({ name }: Person): string {
  return name.slice(/^(?:제갈|남궁|황보|선우|독고)/.test(name) && name.length > 3 ? 2 : 1);
}

/** A count of the given average: 0 most often, then falling off evenly. */
function drawCount(draw: Draw, average: number): number {
  if (average <= 0) return 0;
  return Math.floor(Math.log(1 - draw.unit()) / Math.log(average / (average + 1)));
}

/** Soon after `from`, within some hours as a rule, and never after `until`. */
function drawLater(draw: Draw, from: number, until: number): number {
  const delay = -Math.log(1 - draw.unit()) * 4 * 3_600_000;
  return from + Math.floor(Math.min(delay, (until - from) * draw.unit()));
}
