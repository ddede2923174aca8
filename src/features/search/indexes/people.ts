import { and, asc, count, desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Ctx } from '../../../platform/context.ts';
import { users } from '../../../schema/accounts.ts';
import { posts, postTags, tags } from '../../../schema/posts.ts';
import { loadDirectory, type DepartmentEntry, type SchoolEntry } from '../../schools/index.ts';
import { nameTokens } from '../typed-words.ts';
import {
  departmentNameTokens,
  namesOfDepartment,
  namesOfSchool,
  schoolNameTokens,
} from './directory-tokens.ts';
import type { IndexDefinition, SearchDocument } from './index-definition.ts';
import { commonSettings, dictionary, stopWords, synonyms, typosInText } from './settings.ts';

/** Of the tags somebody uses, so many are searched. */
const TAGS_OF_PERSON = 10;

/** Students. Names, schools and departments as typed words; what they write about themselves as text. */
export const peopleIndex: IndexDefinition = {
  kind: 'people',
  version: 1,
  settings: {
    ...commonSettings,
    searchableAttributes: ['typed', 'school', 'department', 'tags', 'introduction'],
    displayedAttributes: ['id', 'school', 'department', 'tags', 'introduction'],
    filterableAttributes: ['schoolId', 'fieldId', 'admissionYear'],
    rankingRules: ['words', 'typo', 'exactness', 'attribute', 'proximity', 'followerCount:desc'],
    typoTolerance: { ...typosInText, disableOnAttributes: ['typed', 'school', 'department', 'tags'] },
    stopWords,
    dictionary,
    synonyms,
  },
  async listIds({ deps }, after = '0', limit) {
    const rows = await deps.db
      .select({ id: users.id })
      .from(users)
      .where(gt(users.id, after))
      .orderBy(asc(users.id))
      .limit(limit);
    return rows.map(({ id }) => id);
  },
  async load(ctx, ids) {
    const [people, tagsByPerson, directory] = await Promise.all([
      readPeople(ctx, ids),
      readTags(ctx, ids),
      loadDirectory(ctx),
    ]);
    return people.map((person) =>
      toDocument(person, {
        school: directory.schoolById.get(person.schoolId),
        department: directory.departmentById.get(person.departmentId),
        tags: tagsByPerson.get(person.id) ?? [],
      }),
    );
  },
};

function readPeople({ deps }: Ctx, ids: readonly string[]) {
  return deps.db
    .select({
      id: users.id,
      name: users.name,
      schoolId: users.schoolId,
      departmentId: users.departmentId,
      fieldId: users.fieldId,
      admissionYear: users.admissionYear,
      introduction: users.introduction,
      followerCount: users.followerCount,
    })
    .from(users)
    .where(
      and(
        inArray(users.id, [...ids]),
        eq(users.kind, 'student'),
        isNull(users.leftAt),
        isNull(users.suspendedAt),
      ),
    );
}

type PersonRow = Awaited<ReturnType<typeof readPeople>>[number];

/** Everybody's most used tags, by person. */
async function readTags({ deps }: Ctx, ids: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await deps.db
    .select({ userId: postTags.authorId, name: tags.name, uses: count().mapWith(Number).as('uses') })
    .from(postTags)
    .innerJoin(posts, and(eq(posts.id, postTags.postId), isNull(posts.deletedAt)))
    .innerJoin(tags, eq(tags.id, postTags.tagId))
    .where(inArray(postTags.authorId, [...ids]))
    .groupBy(postTags.authorId, tags.id)
    .orderBy(asc(postTags.authorId), desc(sql`uses`), asc(tags.name));
  return new Map(
    [...Map.groupBy(rows, ({ userId }) => userId)].map(([userId, used]) => [
      userId,
      used.slice(0, TAGS_OF_PERSON).map(({ name }) => name),
    ]),
  );
}

type Surroundings = {
  school: SchoolEntry | undefined;
  department: DepartmentEntry | undefined;
  tags: readonly string[];
};

function toDocument(person: PersonRow, { school, department, tags: used }: Surroundings): SearchDocument {
  const { id, schoolId, fieldId, admissionYear, introduction, followerCount } = person;
  return {
    id,
    typed: personTokens(person.name, school, department).join(' '),
    school: school ? namesOfSchool(school) : [],
    department: department ? namesOfDepartment(department) : [],
    tags: used,
    introduction,
    schoolId,
    fieldId,
    admissionYear,
    followerCount,
  };
}

/** What a person is found by without reading what they wrote. */
export function personTokens(
  name: string,
  school: SchoolEntry | undefined,
  department: DepartmentEntry | undefined,
): string[] {
  return [
    ...nameTokens(name),
    ...(school ? schoolNameTokens(school) : []),
    ...(department ? departmentNameTokens(department) : []),
  ];
}
