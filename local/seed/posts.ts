/** Writes the posts: which text, with which words and tags, at what time of the day. */
import { koreanHour } from '../../src/platform/korea-time.ts';
import { normalizeForSearch } from '../../src/platform/hangul.ts';
import { fieldPosts } from './field-posts.ts';
import { fillGaps, type Values } from './fill.ts';
import { plainClosers, plainOpeners, plainPosts } from './plain-posts.ts';
import { politeClosers, politeOpeners, politePosts } from './polite-posts.ts';
import { scatter, type Draw } from './random.ts';
import { themes, type Mood, type Theme } from './themes.ts';
import type { Career, Person, Post } from './types.ts';
import { wordsOfField } from './vocabulary.ts';

/** A post with what its comments go by. */
export type WrittenPost = { post: Post; mood: Mood; words: Values; author: Person };

const texts = { polite: politePosts, plain: plainPosts } as const;
const closers = { polite: politeClosers, plain: plainClosers } as const;
const openers = { polite: politeOpeners, plain: plainOpeners } as const;

/** Themes in which people write of their field's daily work. */
const fieldThemes: ReadonlySet<Theme> = new Set([
  'study',
  'project',
  'coursework',
  'lab',
  'daily',
  'internship',
  'exhibition',
]);

/** Gaps whose words make good tags. */
const tagGaps = ['skill', 'certificate', 'city', 'languageTest', 'topic', 'subject', 'habit'] as const;

/** `progress` is how far through the whole time the post lies, from 0 to below 1. */
export function writePost(
  index: number,
  draw: Draw,
  author: Person,
  career: Career,
  createdAt: number,
  progress: number,
): WrittenPost {
  const words: Values = new Map(career.words);
  const { mood, text } = chooseText(textsFor(author, career.theme), career.index, progress);
  // A text without a gap would be the same every time, so it always gets a first line that has one.
  const isOpened = !text.includes('{') || (mood === 'calm' && draw.chance(0.15));
  const template = isOpened ? `${draw.pick(openers[author.tone])} ${text}` : text;
  const body = fillGaps(template, draw, author.fieldId, words);
  const closer = draw.chance(0.35)
    ? fillGaps(draw.pick(closers[author.tone][mood]), draw, author.fieldId, words)
    : undefined;
  const joint = body.includes('\n') ? '\n' : draw.pick([' ', '\n', '\n\n']);
  return {
    post: {
      index,
      authorIndex: author.index,
      careerIndex: career.index,
      careerPosition: career.position,
      theme: career.theme,
      text: closer === undefined ? body : body + joint + closer,
      tags: chooseTags(draw, author, career.theme, words),
      createdAt,
    },
    mood,
    words,
    author,
  };
}

/** A career goes through its texts in an order of its own, one after another as time passes, so it seldom repeats one. */
function chooseText(list: readonly MoodText[], careerIndex: number, progress: number): MoodText {
  const place = Math.floor(progress * list.length);
  const chosen = list[(scatter(place, list.length) + careerIndex * 7) % list.length];
  if (chosen === undefined) throw new Error('There is no text to choose.');
  return chosen;
}

type MoodText = { mood: Mood; text: string };

const textsByKey = new Map<string, readonly MoodText[]>();

function textsFor(author: Person, theme: Theme): readonly MoodText[] {
  const key = `${author.tone}:${theme}:${author.fieldId}`;
  const known = textsByKey.get(key);
  if (known !== undefined) return known;
  const moods = texts[author.tone][theme];
  const list: MoodText[] = (['glad', 'calm', 'tired'] as const).flatMap((mood) =>
    moods[mood].map((text) => ({ mood, text })),
  );
  if (fieldThemes.has(theme)) {
    list.push(...fieldPosts[author.fieldId][author.tone].map((text) => ({ mood: 'calm' as const, text })));
  }
  textsByKey.set(key, list);
  return list;
}

function chooseTags(draw: Draw, author: Person, theme: Theme, words: Values): string[] {
  if (draw.chance(0.12)) return [];
  const candidates = [
    draw.pick(themes[theme].tags),
    draw.pick(wordsOfField(author.fieldId).tag),
    ...tagGaps.flatMap((gap) => words.get(gap) ?? []),
    draw.pick(themes[theme].tags),
  ];
  const tags = new Set(candidates.map(tagOf).filter((tag) => tag !== '' && tag.length <= 30));
  return [...tags].slice(0, draw.between(1, 5));
}

const tagsByWord = new Map<string, string>();

/** The word as a tag; kept, for there are few words and many posts. */
function tagOf(word: string): string {
  const known = tagsByWord.get(word);
  if (known !== undefined) return known;
  const tag = normalizeForSearch(word);
  tagsByWord.set(word, tag);
  return tag;
}

/** How much is written in each Korean hour of a day. */
const hourWeights = [5, 3, 2, 1, 1, 1, 2, 4, 6, 7, 7, 7, 9, 8, 7, 7, 8, 10, 12, 13, 15, 16, 14, 9];

/**
 * The times of `posts` posts over `days` days from `start` on: evenly many a day, busy in the evening and quiet at night in
 * Korea. The function takes the post's index and a number of at least 0 and below 1 that places it before the next post.
 */
export function createTimetable(
  start: number,
  days: number,
  posts: number,
): (index: number, unit: number) => number {
  const firstHour = koreanHour(new Date(start));
  const hours = hourWeights.map((_, place) => hourWeights[(firstHour + place) % 24] ?? 0);
  const total = hours.reduce((sum, weight) => sum + weight, 0);
  return (index, unit) => {
    const position = ((index + unit) / posts) * days;
    const wholeDays = Math.floor(position);
    let left = (position - wholeDays) * total;
    let hour = 0;
    for (const weight of hours) {
      if (left < weight) return start + Math.floor((wholeDays * 24 + hour + left / weight) * 3_600_000);
      left -= weight;
      hour++;
    }
    return start + (wholeDays + 1) * 86_400_000;
  };
}
