/**
 * Search over the directory of schools and the catalogue of departments, in memory: some hundred short texts need no
 * database and no engine. Pure; texts are prepared at the first search and kept.
 */
import { choseong, decompose, isChoseongQuery, normalizeForSearch } from '../../platform/hangul.ts';

export type SearchableDepartment = {
  nameKo: string;
  nameEn: string;
  aliases: readonly string[];
};

export type SearchableSchool = SearchableDepartment & {
  /** Lower case, without a trailing dot. */
  emailDomains: readonly string[];
};

export type Directory<S extends SearchableSchool, D extends SearchableDepartment> = {
  /**
   * The schools that fit a text as people type it: Korean or English name, short form, fragment, 초성 (`ㅅㅇㄷ`),
   * a half-typed syllable (`서우`), e-mail domain or address. Best first: same name, same alias, prefix, prefix of a word,
   * fragment, all words somewhere, 초성 prefix, 초성 fragment; equal ones by Korean name. At most `limit`; none for a text
   * without letters and digits.
   */
  searchSchools(query: string, limit: number): S[];
  /** The same for departments, but for domains. */
  searchDepartments(query: string, limit: number): D[];
  /**
   * The school that an address at this domain belongs to: the domain itself or one above it, the longest that is listed.
   * Case does not count. `undefined` for an unknown domain and for anything that is no plain host name (empty label,
   * trailing dot, letters outside ASCII), so look-alikes never reach a school.
   */
  schoolForEmailDomain(domain: string): S | undefined;
};

/**
 * Builds the look-ups over one state of the lists; after a change build a new one. If two schools claim one domain the
 * first keeps it.
 */
export function createDirectory<S extends SearchableSchool, D extends SearchableDepartment>(
  schools: readonly S[],
  departments: readonly D[],
): Directory<S, D> {
  const schoolByDomain = lazily(() => indexByDomain(schools));
  const schoolIndex = lazily(() =>
    schools.map((school) => prepareEntry(school, schoolShortForms(school.nameKo), school.emailDomains)),
  );
  const departmentIndex = lazily(() =>
    departments.map((department) => prepareEntry(department, departmentShortForms(department.nameKo), [])),
  );

  function schoolForEmailDomain(domain: string): S | undefined {
    return lookUpDomain(schoolByDomain(), domain);
  }

  return {
    searchSchools(text, limit) {
      const owner = schoolForEmailDomain(domainPart(text));
      return searchEntries(schoolIndex(), text, limit, (item) => item === owner);
    },
    searchDepartments(text, limit) {
      return searchEntries(departmentIndex(), text, limit, () => false);
    },
    schoolForEmailDomain,
  };
}

/** Lower is better. The `typed…` ranks are those of a last syllable that is not finished yet. */
const rank = {
  exact: 0,
  alias: 1,
  prefix: 2,
  typedPrefix: 3,
  wordPrefix: 4,
  typedWordPrefix: 5,
  fragment: 6,
  typedFragment: 7,
  allWords: 8,
  choseongPrefix: 9,
  choseongFragment: 10,
} as const;

type Rank = (typeof rank)[keyof typeof rank];

/** One text of an entry, in every form that a query is compared with. */
type Key = {
  text: string;
  typed: string;
  /** What follows from the second word on, from the third, and so on. */
  laterWords: readonly { text: string; typed: string }[];
  /** Empty when the text has no Hangul. */
  choseong: string;
};

type Entry<T> = {
  item: T;
  names: readonly Key[];
  /** Names, short forms, aliases: all that is compared but for equality. */
  keys: readonly Key[];
  /** Texts equal to one of these are the alias rank. */
  aliases: ReadonlySet<string>;
  domains: readonly string[];
};

type Query = { text: string; typed: string; isTyped: boolean; words: readonly string[]; domain: string };

function searchEntries<T extends SearchableDepartment>(
  entries: readonly Entry<T>[],
  text: string,
  limit: number,
  isOwner: (item: T) => boolean,
): T[] {
  const query = prepareQuery(text);
  if (query.text === '') return [];
  const rankEntry = isChoseongQuery(text) ? rankByChoseong : rankByText;
  const found: { item: T; rank: Rank }[] = [];
  for (const entry of entries) {
    const entryRank = isOwner(entry.item) ? rank.exact : rankEntry(entry, query);
    if (entryRank !== undefined) found.push({ item: entry.item, rank: entryRank });
  }
  found.sort((a, b) => a.rank - b.rank || compareCodeUnits(a.item.nameKo, b.item.nameKo));
  return found.slice(0, Math.max(0, limit)).map(({ item }) => item);
}

function prepareQuery(raw: string): Query {
  const text = raw.replace(/\buniv\b/gi, 'university');
  const normalized = normalizeForSearch(text);
  return {
    text: normalized,
    typed: decompose(normalized),
    isTyped: /[가-힣]/.test(normalized),
    words: text
      .split(/\s+/)
      .map(normalizeForSearch)
      .filter((word) => word !== ''),
    domain: normalizeForSearch(domainPart(text)),
  };
}

function rankByText<T>(entry: Entry<T>, query: Query): Rank | undefined {
  const { text, typed, isTyped } = query;
  if (entry.names.some((key) => key.text === text)) return rank.exact;
  if (entry.aliases.has(text)) return rank.alias;
  if (entry.keys.some((key) => key.text.startsWith(text))) return rank.prefix;
  if (query.domain !== '' && entry.domains.some((domain) => domain.startsWith(query.domain)))
    return rank.prefix;
  if (isTyped && entry.keys.some((key) => key.typed.startsWith(typed))) return rank.typedPrefix;
  if (entry.keys.some((key) => key.laterWords.some((rest) => rest.text.startsWith(text))))
    return rank.wordPrefix;
  if (isTyped && entry.keys.some((key) => key.laterWords.some((rest) => rest.typed.startsWith(typed)))) {
    return rank.typedWordPrefix;
  }
  if (entry.keys.some((key) => key.text.includes(text))) return rank.fragment;
  // No syllable begins inside another one: after a final consonant there is never a vowel. So this starts on a syllable.
  if (isTyped && entry.keys.some((key) => key.typed.includes(typed))) return rank.typedFragment;
  if (
    query.words.length > 1 &&
    query.words.every((word) => entry.keys.some((key) => key.text.includes(word)))
  ) {
    return rank.allWords;
  }
  return undefined;
}

/** Keyboards join two consonants where they can (ㄱ+ㅅ gives ㄳ), so the query is compared as the keys that typed it. */
function rankByChoseong<T>(entry: Entry<T>, { typed }: Query): Rank | undefined {
  if (entry.keys.some((key) => key.choseong.startsWith(typed))) return rank.choseongPrefix;
  if (entry.keys.some((key) => key.choseong.includes(typed))) return rank.choseongFragment;
  return undefined;
}

function prepareEntry<T extends SearchableDepartment>(
  item: T,
  shortForms: readonly string[],
  emailDomains: readonly string[],
): Entry<T> {
  const names = [item.nameKo, item.nameEn].map(prepareKey);
  const aliases = [...shortForms, ...item.aliases].map(prepareKey);
  return {
    item,
    names,
    keys: [...names, ...aliases],
    aliases: new Set([
      ...aliases.map((key) => key.text),
      ...emailDomains.map((domain) => normalizeForSearch(domain.replace(/\..*/, ''))),
    ]),
    domains: emailDomains.map(normalizeForSearch),
  };
}

function prepareKey(raw: string): Key {
  const words = raw
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map(normalizeForSearch);
  const typedWords = words.map(decompose);
  const text = words.join('');
  return {
    text,
    typed: typedWords.join(''),
    laterWords: words.slice(1).map((_, index) => ({
      text: words.slice(index + 1).join(''),
      typed: typedWords.slice(index + 1).join(''),
    })),
    choseong: /[가-힣]/.test(text) ? choseong(text) : '',
  };
}

const schoolEndings = [
  ['여자대학교', '여대'],
  ['교육대학교', '교대'],
  ['외국어대학교', '외대'],
  ['과학기술대학교', '과기대'],
  ['공과대학교', '공대'],
  ['예술대학교', '예대'],
  ['대학교', '대'],
  ['과학기술원', '과기원'],
] as const;

/** `국립부경대학교` gives 부경대학교, 국립부경대, 부경대; `덕성여자대학교` 덕성여자대 and 덕성여대. */
export function schoolShortForms(nameKo: string): string[] {
  const withoutNational = nameKo.replace(/^국립/, '');
  const shortened = [nameKo, withoutNational].flatMap((name) =>
    schoolEndings
      .filter(([ending]) => name.includes(ending))
      .map(([ending, short]) => name.replace(ending, short)),
  );
  return [withoutNational, ...shortened].filter((form) => form !== nameKo);
}

/** `전자공학과` gives 전자, 전자과, 전자공, 전자공학, 전자공학부, 전자공학전공; `경영학과` 경영, 경영과, 경영학부 and so on. */
export function departmentShortForms(nameKo: string): string[] {
  const engineering = /^(.+)공학과$/.exec(nameKo)?.[1];
  if (engineering !== undefined) {
    return ['', '과', '공', '공학', '공학부', '공학전공'].map((ending) => engineering + ending);
  }
  const study = /^(.+)학과$/.exec(nameKo)?.[1];
  if (study !== undefined) return ['', '과', '학', '학부', '학전공'].map((ending) => study + ending);
  const plain = /^(.+?)(?:학부|과|계열)$/.exec(nameKo)?.[1];
  return plain === undefined ? [] : [plain];
}

function indexByDomain<S extends SearchableSchool>(schools: readonly S[]): ReadonlyMap<string, S> {
  const schoolByDomain = new Map<string, S>();
  for (const school of schools) {
    for (const domain of school.emailDomains) {
      if (!schoolByDomain.has(domain)) schoolByDomain.set(domain, school);
    }
  }
  return schoolByDomain;
}

/** ASCII is required before lower-casing: the Kelvin sign, for one, would become a plain k. RFC 1035 §2.3.1 and §2.3.4. */
const hostName =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ascii = /^[\x21-\x7e]+$/;

function lookUpDomain<S>(schoolByDomain: ReadonlyMap<string, S>, domain: string): S | undefined {
  if (!ascii.test(domain)) return undefined;
  let candidate = domain.toLowerCase();
  if (!hostName.test(candidate)) return undefined;
  for (;;) {
    const school = schoolByDomain.get(candidate);
    if (school !== undefined) return school;
    const dot = candidate.indexOf('.');
    if (dot === -1) return undefined;
    candidate = candidate.slice(dot + 1);
  }
}

/** What may be a domain in a typed text: all after the last `@`. */
function domainPart(text: string): string {
  return text.slice(text.lastIndexOf('@') + 1).trim();
}

function compareCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function lazily<T>(build: () => T): () => T {
  let built: { value: T } | undefined;
  return () => (built ??= { value: build() }).value;
}
