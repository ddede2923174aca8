import { describe, expect, test } from 'vitest';
import { departments } from '../../src/features/schools/departments.ts';
import { schools } from '../../src/features/schools/directory.ts';
import { fields } from '../../src/features/schools/fields.ts';
import { createDirectory } from '../../src/features/schools/search-directory.ts';
import { koreanHour } from '../../src/platform/korea-time.ts';
import { authorReplies, cheers, otherReplies, questions, shares } from './comment-texts.ts';
import { fieldPosts } from './field-posts.ts';
import { fillGaps } from './fill.ts';
import { introductions } from './introductions.ts';
import {
  careersPerPerson,
  createPopulation,
  demoPassword,
  demoScale,
  postDays,
  type PopulationScale,
} from './people.ts';
import { plainClosers, plainOpeners, plainPosts } from './plain-posts.ts';
import { politeClosers, politeOpeners, politePosts } from './polite-posts.ts';
import { drawFor } from './random.ts';
import { themeNames, themes } from './themes.ts';
import { generalWords, testsOfLanguage, wordsOfField } from './vocabulary.ts';

const until = Date.parse('2026-03-15T12:00:00.000Z');
const start = until - postDays * 86_400_000;
const scale = demoScale(until);
const demo = createPopulation(scale);
const people = Array.from({ length: scale.people }, (_, index) => demo.person(index));
const careers = people.map((person) => demo.careersOf(person.index));
const posts = Array.from({ length: scale.posts }, (_, index) => demo.post(index));
const comments = posts.map((post) => demo.commentsOn(post.index));

/** As large as the bench's largest. */
const largeScale: PopulationScale = {
  seed: 7,
  people: 1_000_000,
  posts: 3_000_000,
  comments: 3_000_000,
  likes: 15_000_000,
  followsPerPerson: 50,
  schools: 173,
  skew: 0.6,
  until,
};
const large = createPopulation(largeScale);

const unwritten = /[{}]|undefined|NaN|null/;

describe('every row comes from its index alone', () => {
  test('the same again, in another population of the same scale and in another order', () => {
    const again = createPopulation({ ...scale });
    for (const index of [scale.posts - 1, 17, 0]) {
      expect(again.likesOn(index)).toEqual(demo.likesOn(index));
      expect(again.commentsOn(index)).toEqual(comments[index]);
      expect(again.post(index)).toEqual(posts[index]);
    }
    for (const index of [scale.people - 1, 3, 0]) {
      expect(again.followeesOf(index)).toEqual(demo.followeesOf(index));
      expect(again.careersOf(index)).toEqual(careers[index]);
      expect(again.person(index)).toEqual(people[index]);
    }
  });

  test('another seed is another population', () => {
    const other = createPopulation({ ...scale, seed: scale.seed + 1 });
    expect(people.filter((person) => other.person(person.index).name === person.name).length).toBeLessThan(
      20,
    );
    expect(posts.filter((post) => other.post(post.index).text === post.text).length).toBeLessThan(20);
  });

  test('the last of millions without those before it', () => {
    const post = large.post(2_999_999);
    expect(post.createdAt).toBeLessThan(until);
    expect(until - post.createdAt).toBeLessThan(60_000);
    expect(large.person(999_999).index).toBe(999_999);
    expect(large.followeesOf(999_999).length).toBeGreaterThan(0);
  });

  test.each([-1, 0.5, Number.NaN, 1e9])('index %d is out of range', (index) => {
    expect(() => demo.person(index)).toThrow(RangeError);
    expect(() => demo.careersOf(index)).toThrow(RangeError);
    expect(() => demo.followeesOf(index)).toThrow(RangeError);
    expect(() => demo.post(index)).toThrow(RangeError);
    expect(() => demo.commentsOn(index)).toThrow(RangeError);
    expect(() => demo.likesOn(index)).toThrow(RangeError);
  });
});

describe('people', () => {
  test('have Korean names of two to five syllables', () => {
    for (const { name } of people) expect(name).toMatch(/^[가-힣]{2,5}$/);
  });

  test('bear family names in the shares of the country', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => large.person(index * 97).name);
    const share = (family: string): number =>
      names.filter((name) => name.startsWith(family)).length / names.length;
    expect(share('김')).toBeGreaterThan(0.19);
    expect(share('김')).toBeLessThan(0.24);
    expect(share('이')).toBeGreaterThan(0.12);
    expect(share('이')).toBeLessThan(0.17);
    expect(new Set(names).size).toBeGreaterThan(4_000);
  });

  test('are women and men; women at women’s universities', () => {
    const women = people.filter((person) => person.gender === 'female').length;
    expect(women).toBeGreaterThan(people.length * 0.35);
    expect(women).toBeLessThan(people.length * 0.75);
    const womensSchools = new Set(
      schools.filter((school) => school.nameKo.includes('여자')).map((school) => school.id),
    );
    const there = Array.from({ length: 3_000 }, (_, index) => large.person(index)).filter((person) =>
      womensSchools.has(person.schoolId),
    );
    expect(there.length).toBeGreaterThan(20);
    expect(there.filter((person) => person.gender !== 'female')).toEqual([]);
  });

  test('have addresses of their own that belong to their school and to nobody else', () => {
    const directory = createDirectory(schools, departments);
    expect(new Set(people.map((person) => person.email)).size).toBe(people.length);
    for (const { email, schoolId } of people) {
      expect(email).toMatch(/^student\d+@loopus-demo\.[a-z0-9.-]+$/);
      expect(directory.schoolForEmailDomain(email.split('@')[1] ?? '')?.id).toBe(schoolId);
    }
  });

  test('study what their school teaches, in the field of the department', () => {
    for (let index = 0; index < 3_000; index++) {
      const person = large.person(index * 13);
      const school = schools.find(({ id }) => id === person.schoolId);
      const department = departments.find(({ id }) => id === person.departmentId);
      expect(department?.fieldId).toBe(person.fieldId);
      if (school?.nameKo === '서울교육대학교') expect(department?.nameKo).toBe('초등교육과');
      if (school?.nameKo === '한국과학기술원') expect([1, 6, 11, 12]).toContain(person.fieldId);
    }
  });

  test('come from as many schools as the scale says, at most', () => {
    expect(new Set(people.map((person) => person.schoolId)).size).toBeLessThanOrEqual(scale.schools);
    expect(new Set(people.map((person) => person.schoolId)).size).toBeGreaterThan(6);
    const everywhere = new Set(Array.from({ length: 20_000 }, (_, index) => large.person(index).schoolId));
    expect(everywhere.size).toBe(173);
  });

  test('introduce themselves in one line of at most 100 characters', () => {
    for (let index = 0; index < 3_000; index++) {
      const { introduction } = large.person(index);
      expect(introduction.length).toBeGreaterThan(0);
      expect(introduction.length).toBeLessThanOrEqual(100);
      expect(introduction).not.toMatch(unwritten);
      expect(introduction).not.toMatch(/\p{Cc}/u);
    }
  });

  test('came to university within eight years and joined before the first post', () => {
    for (const person of people) {
      expect(person.admissionYear).toBeGreaterThanOrEqual(2019);
      expect(person.admissionYear).toBeLessThanOrEqual(2026);
      expect(person.joinedAt).toBeLessThan(start);
    }
  });

  test('log in with a password that the product takes', () => {
    expect(demoPassword.length).toBeGreaterThanOrEqual(8);
    expect(demoPassword.length).toBeLessThanOrEqual(128);
  });
});

function everyWord(gap: string): string[] {
  const ofFields = fields.flatMap((field) => Object.entries(wordsOfField(field.id)));
  const lists = [
    ...ofFields,
    ...Object.entries(generalWords),
    ['languageTest', Object.values(testsOfLanguage).flat()],
  ];
  const words = lists.flatMap(([name, list]) => (name === gap ? [...(list ?? [])] : []));
  expect(words.length, gap).toBeGreaterThan(0);
  return words;
}

describe('careers', () => {
  test('are one to four a person, each of another theme, numbered alike', () => {
    for (const [ownerIndex, own] of careers.entries()) {
      expect(own.length).toBeGreaterThanOrEqual(1);
      expect(own.length).toBeLessThanOrEqual(careersPerPerson);
      expect(new Set(own.map((career) => career.theme)).size).toBe(own.length);
      for (const [position, career] of own.entries()) {
        expect(career).toMatchObject({
          ownerIndex,
          position,
          index: ownerIndex * careersPerPerson + position,
        });
      }
    }
  });

  test('have names of 1 to 20 characters without control characters or markup', () => {
    const names = Array.from({ length: 5_000 }, (_, index) =>
      large.careersOf(index).map(({ name }) => name),
    ).flat();
    for (const name of names) {
      expect([...name].length).toBeGreaterThanOrEqual(1);
      expect([...name].length).toBeLessThanOrEqual(20);
      expect(name).not.toMatch(/[\p{Cc}<>{}]|undefined/u);
      expect(name).toBe(name.trim().normalize('NFC'));
    }
    expect(new Set(names).size).toBeGreaterThan(150);
  });

  test('have more than forty names to choose from, all short enough with whatever word', () => {
    const names = themeNames.flatMap((theme) => [...themes[theme].careerNames]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(40);
    for (const name of names.filter((candidate) => candidate.includes('{'))) {
      const gap = /\{(\w+)\}/.exec(name)?.[1] ?? '';
      for (const word of everyWord(gap))
        expect(name.replace(`{${gap}}`, word).length).toBeLessThanOrEqual(20);
    }
  });

  test('are made after their owner joined and before the first post', () => {
    for (const career of careers.flat()) {
      expect(career.createdAt).toBeGreaterThanOrEqual(people[career.ownerIndex]!.joinedAt);
      expect(career.createdAt).toBeLessThanOrEqual(start);
    }
  });
});

describe('posts', () => {
  test('are in a career of their author', () => {
    for (const post of posts) {
      const career = careers[post.authorIndex]?.[post.careerPosition];
      expect(career).toMatchObject({ index: post.careerIndex, theme: post.theme });
    }
  });

  test('have a whole text within the limit', () => {
    for (const { text } of [
      ...posts,
      ...Array.from({ length: 3_000 }, (_, index) => large.post(index * 997)),
    ]) {
      expect(text.length).toBeGreaterThan(10);
      expect(text.length).toBeLessThanOrEqual(5_000);
      expect(text).not.toMatch(unwritten);
      expect(text).toBe(text.trim().normalize('NFC'));
    }
  });

  test('are written from at least 150 texts, none twice', () => {
    const texts = [
      ...[politePosts, plainPosts]
        .flatMap((tone) => Object.values(tone))
        .flatMap((moods) => Object.values(moods).flat()),
      ...Object.values(fieldPosts).flatMap((tones) => Object.values(tones).flat()),
    ];
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.length).toBeGreaterThanOrEqual(150);
  });

  test.each([scale.seed, 1, 2, 3, 4])('three hundred look unlike each other (seed %i)', (seed) => {
    const population = createPopulation({ ...scale, seed });
    const texts = Array.from({ length: 300 }, (_, index) => population.post(index).text);
    expect(new Set(texts).size).toBeGreaterThan(285);
    const openings = new Map<string, number>();
    for (const text of texts) openings.set(text.slice(0, 12), (openings.get(text.slice(0, 12)) ?? 0) + 1);
    expect(Math.max(...openings.values())).toBeLessThanOrEqual(9);
    expect(openings.size).toBeGreaterThan(200);
  });

  test('have at most five tags, normalised, each once', () => {
    for (const { tags } of posts) {
      expect(tags.length).toBeLessThanOrEqual(5);
      expect(new Set(tags).size).toBe(tags.length);
      for (const tag of tags) {
        expect(tag).toMatch(/^[\p{L}\p{N}]{1,30}$/u);
        expect(tag).toBe(tag.normalize('NFC').toLowerCase());
      }
    }
    expect(new Set(posts.flatMap((post) => post.tags)).size).toBeGreaterThan(100);
    expect(posts.filter((post) => post.tags.length === 0).length).toBeGreaterThan(0);
  });

  test('lie within thirty days, in order of time', () => {
    const times = posts.map((post) => post.createdAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(start);
    expect(times.at(-1)).toBeLessThan(until);
    for (let index = 0; index < 2_999_999; index += 99_991) {
      expect(large.post(index).createdAt).toBeLessThanOrEqual(large.post(index + 1).createdAt);
    }
  });

  test('are spread over every day, and few are written at night', () => {
    const days = new Set(posts.map((post) => Math.floor((post.createdAt - start) / 86_400_000)));
    expect(days.size).toBe(postDays);
    const hours = posts.map((post) => koreanHour(new Date(post.createdAt)));
    const evening = hours.filter((hour) => hour >= 19 && hour < 23).length;
    const night = hours.filter((hour) => hour >= 2 && hour < 6).length;
    expect(evening).toBeGreaterThan(night * 5);
  });

  test('are by many, some of whom write more', () => {
    const counts = new Map<number, number>();
    for (const post of posts) counts.set(post.authorIndex, (counts.get(post.authorIndex) ?? 0) + 1);
    expect(counts.size).toBeGreaterThan(scale.people * 0.7);
    expect(Math.max(...counts.values())).toBeGreaterThan(5);
    expect(Math.max(...counts.values())).toBeLessThan(30);
  });
});

describe('comments', () => {
  const all = comments.flatMap((list, postIndex) =>
    list.map((comment) => ({ post: posts[postIndex]!, comment })),
  );

  test('are by others, one a person, after the post and before the end', () => {
    for (const [postIndex, list] of comments.entries()) {
      const authors = list.map((comment) => comment.authorIndex);
      expect(authors).not.toContain(posts[postIndex]!.authorIndex);
      expect(new Set(authors).size).toBe(authors.length);
      const times = list.map((comment) => comment.createdAt);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    for (const { post, comment } of all) {
      expect(comment.createdAt).toBeGreaterThanOrEqual(post.createdAt);
      expect(comment.createdAt).toBeLessThanOrEqual(until);
    }
  });

  test('have whole texts of at most 1,000 characters, no two alike under a post', () => {
    for (const list of comments) expect(new Set(list.map(({ text }) => text)).size).toBe(list.length);
    for (const text of all.flatMap(({ comment }) => [
      comment.text,
      ...comment.replies.map((reply) => reply.text),
    ])) {
      expect(text.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThanOrEqual(1_000);
      expect(text).not.toMatch(unwritten);
    }
  });

  test('are answered in order, by someone else than who wrote them', () => {
    for (const { comment } of all) {
      let before = comment.createdAt;
      for (const reply of comment.replies) {
        expect(reply.answersIndex).toBe(comment.authorIndex);
        expect(reply.authorIndex).not.toBe(comment.authorIndex);
        expect(reply.createdAt).toBeGreaterThanOrEqual(before);
        expect(reply.createdAt).toBeLessThanOrEqual(until);
        before = reply.createdAt;
      }
    }
  });

  test('speak only of what the post speaks of', () => {
    const cities = ['교토', '뮌헨', '헬싱키', '리스본', '웁살라'];
    for (const { post, comment } of all) {
      for (const city of cities.filter((name) => comment.text.includes(name))) {
        const career = careers[post.authorIndex]![post.careerPosition]!;
        expect([post.text.includes(city), career.words.get('city') === city]).toContain(true);
      }
    }
  });

  test('are about as many as the scale says', () => {
    const count = all.reduce((sum, { comment }) => sum + 1 + comment.replies.length, 0);
    expect(count).toBeGreaterThan(scale.comments * 0.75);
    expect(count).toBeLessThan(scale.comments * 1.25);
  });
});

describe('likes and follows', () => {
  test('likes are by different people, never the author, between the post and the end', () => {
    let count = 0;
    for (const post of posts) {
      const likes = demo.likesOn(post.index);
      const givers = likes.map((like) => like.personIndex);
      expect(new Set(givers).size).toBe(givers.length);
      expect(givers).not.toContain(post.authorIndex);
      for (const like of likes) {
        expect(people[like.personIndex]).toBeDefined();
        expect(like.createdAt).toBeGreaterThanOrEqual(post.createdAt);
        expect(like.createdAt).toBeLessThanOrEqual(until);
      }
      count += givers.length;
    }
    expect(count).toBeGreaterThan(scale.likes * 0.75);
    expect(count).toBeLessThan(scale.likes * 1.25);
  });

  test('a few posts get very many', () => {
    const counts = Array.from({ length: 2_000 }, (_, index) => large.likesOn(index * 1_499).length);
    counts.sort((a, b) => a - b);
    expect(counts[1_000]).toBeLessThan(5);
    expect(counts.at(-1)).toBeGreaterThan(50);
  });

  test('one follows others, each once, about as many as the scale says', () => {
    const followees = people.map((person) => demo.followeesOf(person.index));
    for (const [index, list] of followees.entries()) {
      expect(list).not.toContain(index);
      expect(new Set(list).size).toBe(list.length);
      for (const followee of list) expect(people[followee]).toBeDefined();
    }
    const average = followees.flat().length / people.length;
    expect(average).toBeGreaterThan(scale.followsPerPerson * 0.8);
    expect(average).toBeLessThan(scale.followsPerPerson * 1.2);
  });

  test('a population of one or two keeps its rules', () => {
    const alone = createPopulation({ ...scale, people: 1, posts: 20, likes: 400, comments: 200 });
    const pair = createPopulation({ ...scale, people: 2, posts: 20, likes: 400, comments: 200, schools: 1 });
    for (let index = 0; index < 20; index++) {
      expect(alone.likesOn(index)).toEqual([]);
      expect(alone.commentsOn(index)).toEqual([]);
      expect(pair.likesOn(index).length).toBeLessThanOrEqual(1);
    }
    expect(alone.followeesOf(0)).toEqual([]);
    expect(pair.followeesOf(1)).toEqual([0]);
  });
});

describe('the words fit the gaps', () => {
  const written = [
    ...[politePosts, plainPosts]
      .flatMap((tone) => Object.values(tone))
      .flatMap((moods) => Object.values(moods).flat()),
    ...[politeClosers, plainClosers].flatMap((moods) => Object.values(moods).flat()),
    ...politeOpeners,
    ...plainOpeners,
    ...themeNames.flatMap((theme) => [...themes[theme].careerNames]),
    ...introductions,
  ];
  const said = [
    ...Object.values(cheers).flat(),
    ...Object.values(questions).flat(),
    ...Object.values(shares).flat(),
    ...Object.values(authorReplies).flat(),
    ...Object.values(otherReplies).flat(),
  ];

  test('every text can be filled in every field', () => {
    for (const field of fields) {
      const own = Object.values(fieldPosts[field.id]).flat();
      for (const text of [...written, ...own, ...said]) {
        const given = new Map([
          ['department', '경영학과'],
          ['year', '24'],
          ['name', '지훈'],
        ]);
        expect(fillGaps(text, drawFor(1, 9, field.id), field.id, given)).not.toMatch(unwritten);
      }
    }
  });

  test('every theme has comments that need no word of the post', () => {
    for (const list of [...Object.values(cheers), ...Object.values(questions), ...Object.values(shares)]) {
      expect(list.filter((text) => !text.replaceAll('{name}', '').includes('{')).length).toBeGreaterThan(0);
    }
  });

  test('particles follow the sound of the word', () => {
    const draw = drawFor(1, 9, 0);
    const fill = (text: string, skill: string): string =>
      fillGaps(text, draw, 1, new Map([['skill', skill]]));
    expect(fill('{skill:을/를}', '리액트')).toBe('리액트를');
    expect(fill('{skill:을/를}', '깃 협업')).toBe('깃 협업을');
    expect(fill('{skill:으로/로}', '파이썬')).toBe('파이썬으로');
    expect(fill('{skill:으로/로}', '테스트')).toBe('테스트로');
    expect(fill('{skill:은/는}', 'SQL')).toBe('SQL은');
    expect(fill('{skill:이에요/예요}', '영상')).toBe('영상이에요');
    expect(fill('{skill:이에요/예요}', '퇴고')).toBe('퇴고예요');
  });

  test('a gap keeps its word throughout a text', () => {
    const filled = fillGaps('{count} {count} {topic} {topic}', drawFor(1, 9, 5), 5, new Map()).split(' ');
    expect(filled[0]).toBe(filled[1]);
  });

  test('no particle is fixed where it depends on the word', () => {
    expect(
      [...written, ...said].filter((text) =>
        /\{\w+\}(?:이|가|을|를|은|는|과|와|랑|으로|로|예요|이에요)[ .,!?]/.test(text),
      ),
    ).toEqual([]);
  });

  test('an unknown gap or particle is an error', () => {
    const draw = drawFor(1, 9, 0);
    expect(() => fillGaps('{nothing}', draw, 1, new Map())).toThrow('{nothing}');
    expect(() => fillGaps('{skill:을를}', draw, 1, new Map())).toThrow('을를');
  });
});
