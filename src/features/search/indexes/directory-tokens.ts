/** What a school and a department are found by, wherever they stand. */
import {
  departmentShortForms,
  schoolShortForms,
  type DepartmentEntry,
  type SchoolEntry,
} from '../../schools/index.ts';
import { titleTokens } from '../typed-words.ts';

type Named = Pick<SchoolEntry, 'nameKo' | 'nameEn' | 'aliases'>;

/** Worked out once an entry: the directory keeps the same entries for a while, and thousands of people share one. */
function perEntry<T extends object, V>(work: (entry: T) => V): (entry: T) => V {
  const known = new WeakMap<T, V>();
  return (entry) => {
    const value = known.get(entry) ?? work(entry);
    known.set(entry, value);
    return value;
  };
}

/** 연세대학교, 연세대, 연대, Yonsei University, and the name that its mail addresses have. */
export const namesOfSchool = perEntry((school: SchoolEntry): readonly string[] => {
  const domains = school.emailDomains.map((domain) => domain.replace(/\..*/, ''));
  return [...namesOf(school, schoolShortForms(school.nameKo)), ...domains];
});

/** 컴퓨터공학과, 컴공, 컴퓨터, Computer Science. */
export const namesOfDepartment = perEntry((department: DepartmentEntry): readonly string[] =>
  namesOf(department, departmentShortForms(department.nameKo)),
);

/** Those names as typed words. */
export const schoolNameTokens = perEntry((school: SchoolEntry) => tokensOf(namesOfSchool(school)));
export const departmentNameTokens = perEntry((department: DepartmentEntry) =>
  tokensOf(namesOfDepartment(department)),
);

function namesOf({ nameKo, nameEn, aliases }: Named, shortForms: readonly string[]): string[] {
  return [...new Set([nameKo, nameEn.replaceAll(/['’]/g, ''), ...shortForms, ...aliases])];
}

function tokensOf(names: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap(titleTokens))];
}
