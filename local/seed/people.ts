/**
 * The demo population, and at larger scales that of the bench: students, their careers, posts, comments, likes and
 * follows. Everything is computed from an index alone, so a row can be made without those before it and millions can be
 * streamed. Nothing here knows a database. All names, words and sentences are made up; people who bear a name are not
 * meant.
 */
import { departments, type Department } from '../../src/features/schools/departments.ts';
import { schools, type School } from '../../src/features/schools/directory.ts';
import type { FieldId } from '../../src/features/schools/fields.ts';
import { koreanYear } from '../../src/platform/korea-time.ts';
import { writeComments } from './comments.ts';
import { fillGaps, type Values } from './fill.ts';
import { introductions } from './introductions.ts';
import { drawName } from './names.ts';
import { createTimetable, writePost, type WrittenPost } from './posts.ts';
import { drawFor, scatter, zipfRank, type Draw } from './random.ts';
import { departmentsAt, orderBySize } from './student-body.ts';
import { themeNames, themes, type Theme } from './themes.ts';
import type { Career, Person, Population, PopulationScale } from './types.ts';

export type * from './types.ts';

/** What a newcomer finds in the local edition. */
export function demoScale(until: number): PopulationScale {
  return {
    seed: 20_250_301,
    people: 120,
    posts: 360,
    comments: 900,
    likes: 3_200,
    followsPerPerson: 14,
    schools: 12,
    skew: 0.3,
    until,
  };
}

/** The most careers that a person has. */
export const careersPerPerson = 4;

/** The password of every demo person. */
export const demoPassword = 'loopus-demo-2025';

export const postDays = 30;

const day = 86_400_000;

/** Keeps the random numbers of different kinds of rows apart. */
const streams = { person: 1, careers: 2, post: 3, comments: 4, likes: 5, follows: 6 } as const;

/** Fields with laboratories that take in undergraduates. */
const labFields: ReadonlySet<FieldId> = new Set([1, 6, 8, 11, 12]);

/** Themes that people of a field take up more often, by how much. */
const themeBoosts: Partial<Record<FieldId, Partial<Record<Theme, number>>>> = {
  1: { project: 4, study: 2, startup: 1 },
  2: { contest: 4, internship: 1, club: 1 },
  3: { exhibition: 4, contest: 2, project: 1 },
  4: { exhibition: 3, contest: 2, coursework: 1 },
  5: { internship: 2, certificate: 2, startup: 2 },
  6: { internship: 2, lab: 2, certificate: 2 },
  7: { mentoring: 4, volunteer: 2, coursework: 1 },
  8: { internship: 2, volunteer: 3, certificate: 2 },
  9: { exchange: 2, language: 3, certificate: 2 },
  10: { parttime: 3, internship: 2, language: 2 },
  11: { lab: 5, coursework: 2 },
  12: { project: 3, certificate: 2, lab: 2 },
  13: { volunteer: 2, study: 2, certificate: 1 },
  14: { exhibition: 6, club: 1, mentoring: 1 },
  15: { reading: 4, language: 2, mentoring: 1 },
  16: { club: 2, daily: 2, reading: 1 },
};

/** The words that hold a career together. */
const sharedWords: Partial<Record<Theme, readonly string[]>> = {
  internship: ['workplace'],
  project: ['project'],
  volunteer: ['volunteering'],
  exchange: ['city'],
  club: ['club'],
  startup: ['project'],
  parttime: ['shift'],
  language: ['language', 'languageTest'],
  daily: ['habit'],
};

export function createPopulation(scale: PopulationScale): Population {
  const attended = orderBySize(schools).slice(0, scale.schools);
  const thisYear = koreanYear(new Date(scale.until));
  const timeOfPost = createTimetable(scale.until - postDays * day, postDays, scale.posts);

  function drawRow(stream: number, index: number, count: number): Draw {
    if (!Number.isInteger(index) || index < 0 || index >= count)
      throw new RangeError(`There is no row ${index} of ${count}.`);
    return drawFor(scale.seed, stream, index);
  }

  function drawPerson(draw: Draw): number {
    return scatter(zipfRank(draw.unit(), scale.people, scale.skew), scale.people);
  }

  function person(index: number): Person {
    return makePerson(index, drawRow(streams.person, index, scale.people), attended, scale.until, thisYear);
  }

  function careersOf(personIndex: number): Career[] {
    return makeCareers(person(personIndex), drawRow(streams.careers, personIndex, scale.people), scale.until);
  }

  function write(index: number): WrittenPost {
    const draw = drawRow(streams.post, index, scale.posts);
    const author = person(drawPerson(draw));
    const career = draw.pick(careersOf(author.index));
    return writePost(index, draw, author, career, timeOfPost(index, draw.unit()), index / scale.posts);
  }

  return {
    scale,
    person,
    careersOf,
    post: (index) => write(index).post,
    commentsOn(postIndex) {
      const draw = drawRow(streams.comments, postIndex, scale.posts);
      return writeComments(write(postIndex), draw, {
        average: scale.comments / scale.posts,
        until: scale.until,
        drawPerson: () => person(drawPerson(draw)),
        people: scale.people,
      });
    },
    likesOn(postIndex) {
      const draw = drawRow(streams.likes, postIndex, scale.posts);
      const { authorIndex, createdAt } = write(postIndex).post;
      // A power law of mean 1: most posts get few, some very many.
      const popularity = 0.5 / Math.sqrt(1 - draw.unit());
      const wanted = Math.min(
        Math.floor((popularity * scale.likes) / scale.posts + draw.unit()),
        scale.people - 1,
      );
      const givers = drawDistinct(wanted, scale.people, authorIndex, () => drawPerson(draw));
      const times = givers.map(() => createdAt + Math.floor((scale.until - createdAt) * draw.unit() ** 3));
      times.sort((a, b) => a - b);
      return givers.map((personIndex, place) => ({ personIndex, createdAt: times[place] ?? createdAt }));
    },
    followeesOf(personIndex) {
      const draw = drawRow(streams.follows, personIndex, scale.people);
      const wanted = Math.min(draw.between(1, scale.followsPerPerson * 2 - 1), scale.people - 1);
      return drawDistinct(wanted, scale.people, personIndex, () => drawPerson(draw));
    },
  };
}

/** `wanted` different indexes below `count` but `except`; `wanted` is at most count - 1. */
function drawDistinct(wanted: number, count: number, except: number, drawOne: () => number): number[] {
  const found = new Set<number>();
  // A skewed draw meets the same few again and again; after enough of it the gaps are filled in order.
  for (let tries = 0; found.size < wanted && tries < wanted * 8; tries++) {
    const candidate = drawOne();
    if (candidate !== except) found.add(candidate);
  }
  for (let next = drawOne(); found.size < wanted; next++) {
    if (next % count !== except) found.add(next % count);
  }
  return [...found];
}

function makePerson(
  index: number,
  draw: Draw,
  attended: readonly School[],
  until: number,
  thisYear: number,
): Person {
  const school = attended[zipfRank(draw.unit(), attended.length, 0.5)] ?? attended[0];
  if (school === undefined) throw new Error('A population needs a school.');
  const department = draw.pick(departmentsAt(school, departments, draw));
  const gender = school.nameKo.includes('여자대학교') || draw.chance(0.5) ? 'female' : 'male';
  const admissionYear = thisYear - Math.floor(draw.unit() ** 1.4 * 8);
  return {
    index,
    gender,
    name: drawName(draw, gender),
    email: `student${index + 1}@loopus-demo.${school.emailDomains[0] ?? 'invalid'}`,
    schoolId: school.id,
    departmentId: department.id,
    fieldId: department.fieldId,
    admissionYear,
    introduction: writeIntroduction(draw, department, admissionYear),
    isHiddenFromRankings: draw.chance(0.05),
    isFindableByCompanies: draw.chance(0.4),
    joinedAt: until - postDays * day - Math.floor((1 + draw.unit() * 60) * day),
    tone: draw.chance(0.6) ? 'polite' : 'plain',
  };
}

function writeIntroduction(draw: Draw, department: Department, admissionYear: number): string {
  const values: Values = new Map([
    ['department', department.nameKo],
    ['year', String(admissionYear % 100).padStart(2, '0')],
  ]);
  return fillGaps(draw.pick(introductions), draw, department.fieldId, values);
}

function makeCareers(owner: Person, draw: Draw, until: number): Career[] {
  const left = weighThemes(owner.fieldId);
  const count = draw.between(1, careersPerPerson);
  const firstPostAt = until - postDays * day;
  return Array.from({ length: count }, (_, position) => {
    const theme = takeTheme(draw, left);
    const words: Values = new Map();
    for (const gap of sharedWords[theme] ?? []) fillGaps(`{${gap}}`, draw, owner.fieldId, words);
    const name = fillGaps(draw.pick(themes[theme].careerNames), draw, owner.fieldId, words);
    return {
      index: owner.index * careersPerPerson + position,
      ownerIndex: owner.index,
      position,
      name,
      theme,
      words,
      createdAt:
        owner.joinedAt + Math.floor((firstPostAt - owner.joinedAt) * ((position + draw.unit()) / count)),
    };
  });
}

function weighThemes(fieldId: FieldId): Map<Theme, number> {
  const boosts = themeBoosts[fieldId] ?? {};
  const open = themeNames.filter((theme) => theme !== 'lab' || labFields.has(fieldId));
  return new Map(open.map((theme) => [theme, 1 + (boosts[theme] ?? 0)]));
}

/** Takes one theme out of those left, by weight. */
function takeTheme(draw: Draw, left: Map<Theme, number>): Theme {
  const total = [...left.values()].reduce((sum, weight) => sum + weight, 0);
  let place = draw.unit() * total;
  for (const [theme, weight] of left) {
    place -= weight;
    if (place < 0) {
      left.delete(theme);
      return theme;
    }
  }
  throw new Error('More careers than themes.');
}
