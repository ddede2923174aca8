/** What a school and a department are found by, wherever they stand. */
import {
  departmentShortForms,
  schoolShortForms,
  type DepartmentEntry,
  type SchoolEntry,
} from '../../schools/index.ts';
import { titleTokens } from '../typed-words.ts';

type Named = Pick<SchoolEntry, 'nameKo' | 'nameEn' | 'aliases'>;

/** 연세대학교, 연세대, 연대, Yonsei University, and the name that its mail addresses have. */
export function namesOfSchool(school: SchoolEntry): string[] {
  const domains = school.emailDomains.map((domain) => domain.replace(/\..*/, ''));
  return [...namesOf(school, schoolShortForms(school.nameKo)), ...domains];
}

/** 컴퓨터공학과, 컴공, 컴퓨터, Computer Science. */
export function namesOfDepartment(department: DepartmentEntry): string[] {
  return namesOf(department, departmentShortForms(department.nameKo));
}

function namesOf({ nameKo, nameEn, aliases }: Named, shortForms: readonly string[]): string[] {
  return [...new Set([nameKo, nameEn.replaceAll(/['’]/g, ''), ...shortForms, ...aliases])];
}

export function tokensOfNames(names: readonly string[]): string[] {
  return [...new Set(names.flatMap(titleTokens))];
}
