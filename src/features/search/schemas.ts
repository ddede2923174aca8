import * as z from 'zod';
import { Day, Id, lineText, PageQuery, pageOf, Time } from '../../platform/http/schemas.ts';
import { PersonCard } from '../people/index.ts';
import { PostCard } from '../posts/index.ts';
import { fields, School } from '../schools/index.ts';
import { SEARCH_KINDS } from './kinds.ts';

export const MAX_QUERY = 100;
/** Of each kind in the box. */
export const BOX_ITEMS = 5;
export const MAX_RECENT = 50;

const Q = lineText(MAX_QUERY).meta({
  description:
    '입력한 그대로. 쓰다 만 글자도 되고, 이름·학교·태그는 초성(ㄱㅁㅅ)으로도 찾습니다. · As typed: half-typed syllables too, and initial consonants for names, schools and tags.',
  example: '김민ㅅ',
});

const SchoolId = z.coerce.number().int().min(1).max(1_000_000).optional();
const FieldId = z.coerce.number().int().min(1).max(fields.length).optional();
const Year = z.coerce.number().int().min(1900).max(2200).optional();

export const BoxQuery = z.strictObject({ q: Q });
export const PeopleQuery = PageQuery.extend({
  q: Q,
  schoolId: SchoolId,
  fieldId: FieldId,
  admissionYear: Year,
});
export const PostsQuery = PageQuery.extend({
  q: Q,
  schoolId: SchoolId.meta({ description: "The author's school when it was written" }),
  fieldId: FieldId.meta({ description: "The author's field when it was written" }),
  from: Day.optional().meta({ description: '이날부터 (한국 날짜) · From this Korean day on' }),
  to: Day.optional().meta({ description: '이날까지 (한국 날짜) · Up to and with this Korean day' }),
});
export const ListQuery = PageQuery.extend({ q: Q });

const range = {
  index: z.number().int().meta({ description: 'Which item of a list; 0 for other fields' }),
  start: z.number().int().meta({ description: 'UTF-16 code units' }),
  length: z.number().int().meta({ description: 'UTF-16 code units' }),
};

/** Ranges instead of markup: what is shown stays plain text. */
function highlightsOf<const F extends readonly string[]>(...names: F) {
  return z.array(z.object({ field: z.enum(names), ...range })).meta({
    description:
      '어디가 맞았는지. 글자를 강조해 보여 주세요. · Where it matches; emphasise these characters.',
  });
}

export const FoundPerson = PersonCard.extend({
  admissionYear: z.number().int(),
  introduction: z.string(),
  highlights: highlightsOf('name', 'school.nameKo', 'school.nameEn', 'department', 'introduction'),
}).meta({ id: 'FoundPerson' });

export const FoundPost = PostCard.extend({ highlights: highlightsOf('text', 'career.name', 'tags') }).meta({
  id: 'FoundPost',
});

export const FoundTag = z
  .object({
    id: Id,
    name: z.string(),
    postCount: z.number().int(),
    highlights: highlightsOf('name'),
  })
  .meta({ id: 'FoundTag' });

export const FoundSchool = School.extend({ highlights: highlightsOf('nameKo', 'nameEn') }).meta({
  id: 'FoundSchool',
});

export const SearchBox = z
  .object({
    people: z.array(FoundPerson),
    posts: z.array(FoundPost),
    tags: z.array(FoundTag),
    schools: z.array(FoundSchool),
  })
  .meta({ id: 'SearchBox' });

export const FoundPeople = pageOf(FoundPerson);
export const FoundPosts = pageOf(FoundPost);
export const FoundTags = pageOf(FoundTag);
export const FoundSchools = pageOf(FoundSchool);

export const AddRecentSearch = z
  .strictObject({
    kind: z.enum(['word', 'person', 'tag']),
    text: lineText(MAX_QUERY).optional().meta({ description: 'Of a word' }),
    targetId: Id.optional().meta({ description: 'Of a person or a tag' }),
  })
  .refine(({ kind, text, targetId }) =>
    kind === 'word'
      ? text !== undefined && targetId === undefined
      : targetId !== undefined && text === undefined,
  );

export const RecentSearch = z
  .object({
    id: Id,
    kind: z.enum(['word', 'person', 'tag']),
    text: z.string().nullable(),
    person: PersonCard.nullable(),
    tag: z.object({ id: Id, name: z.string(), postCount: z.number().int() }).nullable(),
    searchedAt: Time,
  })
  .meta({ id: 'RecentSearch' });
export const RecentSearches = z.object({ items: z.array(RecentSearch) });
export const RecentSearchParams = z.strictObject({ searchId: Id });

export const SearchIndexState = z
  .object({
    kind: z.enum(SEARCH_KINDS),
    builtAt: Time.nullable().meta({ description: 'null: it has never been built' }),
    isCurrent: z.boolean().meta({ description: 'Built by the definition that is deployed' }),
    rebuildStartedAt: Time.nullable(),
    waitingChanges: z.number().int(),
    documents: z.number().int().nullable().meta({ description: 'null: the engine does not have it' }),
  })
  .meta({ id: 'SearchIndexState' });
export const SearchOverview = z
  .object({ isEngineReachable: z.boolean(), indexes: z.array(SearchIndexState) })
  .meta({ id: 'SearchOverview' });
export const RebuildSearch = z.strictObject({
  kinds: z
    .array(z.enum(SEARCH_KINDS))
    .min(1)
    .max(SEARCH_KINDS.length)
    .default([...SEARCH_KINDS]),
});
