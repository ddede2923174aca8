import type * as z from 'zod';
import { and, eq, inArray } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import { createPersonView, isVisibleTo, personColumns } from '../people/index.ts';
import { loadDirectory, type DepartmentEntry, type SchoolEntry } from '../schools/index.ts';
import { readHighlights, type Highlight, type PresentTexts } from './highlights.ts';
import { namesOfDepartment, namesOfSchool } from './indexes/directory-tokens.ts';
import { personTokens } from './indexes/people.ts';
import type { FoundHit, LoadHits, Source } from './read-page.ts';
import type { FoundPerson } from './schemas.ts';
import { findTyped, isFoundBy, isInitialsOnly, spellWords } from './typed-words.ts';

export type PeopleFilters = {
  schoolId?: number | undefined;
  fieldId?: number | undefined;
  admissionYear?: number | undefined;
};

type Person = z.input<typeof FoundPerson>;
type Field = Person['highlights'][number]['field'];

/** Those whose names, schools and departments are meant first, then those who write about it. */
export function searchPeople(
  ctx: UserCtx,
  q: string,
  filters: PeopleFilters = {},
): { sources: Source[]; load: LoadHits<Person> } {
  const words = spellWords(q);
  if (words.length === 0) return { sources: [], load: async () => new Map() };
  const indexUid = ctx.deps.search.uidOf('people');
  const filter = Object.entries(filters).flatMap(([name, value]) =>
    value === undefined ? [] : `${name} = ${value}`,
  );
  const named: Source = {
    indexUid,
    q: words.join(' '),
    filter,
    matchingStrategy: 'all',
    attributesToSearchOn: ['typed'],
  };
  const written: Source = {
    indexUid,
    q,
    filter,
    attributesToSearchOn: ['school', 'department', 'tags', 'introduction'],
    attributesToHighlight: ['school', 'department', 'tags', 'introduction'],
  };
  return {
    sources: isInitialsOnly(q) ? [named] : [named, written],
    load: (hits) => loadPeople(ctx, hits, words, filters),
  };
}

async function loadPeople(
  ctx: UserCtx,
  hits: readonly FoundHit[],
  words: readonly string[],
  filters: PeopleFilters,
): Promise<Map<FoundHit, Person>> {
  const [rows, toCard, { schoolById, departmentById }] = await Promise.all([
    readPeople(ctx, hits, filters),
    createPersonView(ctx),
    loadDirectory(ctx),
  ]);
  const rowById = new Map(rows.map((row) => [row.id, row]));
  const found = new Map<FoundHit, Person>();
  for (const hit of hits) {
    const row = rowById.get(hit.id);
    if (!row) continue;
    const school = schoolById.get(row.schoolId);
    const department = departmentById.get(row.departmentId);
    const highlights = judge(hit, { row, school, department, words });
    if (!highlights) continue;
    const { admissionYear, introduction } = row;
    found.set(hit, { ...toCard(row), admissionYear, introduction, highlights });
  }
  return found;
}

/** By ids of the engine: whom the viewer may see, and who fits the filters now. */
function readPeople({ deps, actor }: UserCtx, hits: readonly FoundHit[], filters: PeopleFilters) {
  const { schoolId, fieldId, admissionYear } = filters;
  const ids = [...new Set(hits.map(({ id }) => id))];
  return deps.db
    .select({
      ...personColumns(actor.userId),
      admissionYear: users.admissionYear,
      introduction: users.introduction,
    })
    .from(users)
    .where(
      and(
        inArray(users.id, ids),
        eq(users.kind, 'student'),
        schoolId === undefined ? undefined : eq(users.schoolId, schoolId),
        fieldId === undefined ? undefined : eq(users.fieldId, fieldId),
        admissionYear === undefined ? undefined : eq(users.admissionYear, admissionYear),
        isVisibleTo(actor.userId, users.id),
      ),
    );
}

type Judged = {
  row: { name: string; introduction: string };
  school: SchoolEntry | undefined;
  department: DepartmentEntry | undefined;
  words: readonly string[];
};

/** What to highlight; undefined when the person is not what was asked for any more, or has been shown by name. */
function judge(hit: FoundHit, person: Judged): Highlight<Field>[] | undefined {
  const { row, school, department, words } = person;
  const isNamed = isFoundBy(words, personTokens(row.name, school, department));
  if (hit.source === 0) return isNamed ? highlightNames(person) : undefined;
  if (isNamed) return undefined;
  const { highlights, isStale } = readHighlights(hit.formatted, presentTexts(person));
  return isStale ? undefined : highlights;
}

function highlightNames({ row, school, department, words }: Judged): Highlight<Field>[] {
  const shown: [Field, string | undefined][] = [
    ['name', row.name],
    ['school.nameKo', school?.nameKo],
    ['school.nameEn', school?.nameEn],
    ['department', department?.nameKo],
  ];
  return shown.flatMap(([field, text = '']) =>
    findTyped(text, words).map((range) => ({ field, index: 0, ...range })),
  );
}

function presentTexts({ row, school, department }: Judged): PresentTexts<Field>[] {
  const schoolNames = school ? namesOfSchool(school) : [];
  const departmentNames = department ? namesOfDepartment(department) : [];
  return [
    {
      attribute: 'introduction',
      texts: [row.introduction],
      shownAs: () => ({ field: 'introduction', index: 0 }),
    },
    {
      attribute: 'school',
      texts: schoolNames,
      shownAs(place) {
        if (schoolNames[place] === school?.nameKo) return { field: 'school.nameKo', index: 0 };
        return schoolNames[place] === school?.nameEn ? { field: 'school.nameEn', index: 0 } : undefined;
      },
    },
    {
      attribute: 'department',
      texts: departmentNames,
      shownAs: (place) =>
        departmentNames[place] === department?.nameKo ? { field: 'department', index: 0 } : undefined,
    },
  ];
}
