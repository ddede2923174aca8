import { describe, expect, test } from 'vitest';
import { departments } from './departments.ts';
import { regions, schools } from './directory.ts';
import { fields, undecidedFieldId } from './fields.ts';

const plainDomain = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:kr|edu|net)$/;

function expectUnique(values: readonly unknown[]): void {
  const seen = new Set<unknown>();
  expect(values.filter((value) => seen.size === seen.add(value).size)).toEqual([]);
}

describe('schools', () => {
  test('are 173, numbered 1 to 173', () => {
    expect(schools.map((school) => school.id)).toEqual(Array.from({ length: 173 }, (_, index) => index + 1));
  });

  test.each([
    [1, '가천대학교'],
    [22, '고려대학교'],
    [82, '서울대학교'],
    [105, '연세대학교'],
    [149, '한국과학기술원'],
    [173, '홍익대학교'],
  ])('%i stays %s', (id, nameKo) => {
    expect(schools.find((school) => school.id === id)?.nameKo).toBe(nameKo);
  });

  test('have names of their own', () => {
    expectUnique(schools.map((school) => school.nameKo));
    expectUnique(schools.map((school) => school.nameEn));
  });

  test('have domains of their own, at least one each, none below another', () => {
    const domains = schools.flatMap((school) => school.emailDomains);
    expectUnique(domains);
    expect(schools.filter((school) => school.emailDomains.length === 0)).toEqual([]);
    expect(domains.filter((domain) => domains.some((other) => domain.endsWith(`.${other}`)))).toEqual([]);
  });

  test('have plain lower-case domains that are no public suffix', () => {
    const domains = schools.flatMap((school) => school.emailDomains);
    expect(domains.filter((domain) => !plainDomain.test(domain))).toEqual([]);
    expect(domains.filter((domain) => /^(?:ac|re|or|co|go|ne|pe)\.kr$/.test(domain))).toEqual([]);
  });

  test('lie in a listed region', () => {
    const known = new Set<string>(regions.map((region) => region.nameKo));
    expect(schools.filter((school) => !known.has(school.region))).toEqual([]);
  });

  test('fit their columns: names 60 and 120, all aliases together 400 characters', () => {
    for (const { nameKo, nameEn, region, aliases } of schools) {
      expect(nameKo.length).toBeLessThanOrEqual(60);
      expect(nameEn.length).toBeLessThanOrEqual(120);
      expect(region.length).toBeLessThanOrEqual(10);
      expect(aliases.join('\n').length).toBeLessThanOrEqual(400);
    }
  });

  test('are composed text without stray spaces', () => {
    for (const text of schools.flatMap(({ nameKo, nameEn, aliases }) => [nameKo, nameEn, ...aliases])) {
      expect(text).toBe(text.normalize('NFC').trim());
      expect(text).not.toMatch(/ {2}|\t/);
    }
  });

  test('do not list an alias twice', () => {
    for (const school of schools) expectUnique([school.nameKo, school.nameEn, ...school.aliases]);
  });
});

describe('regions', () => {
  test('are the 17', () => {
    expect(regions).toHaveLength(17);
    expectUnique(regions.map((region) => region.nameKo));
    expectUnique(regions.map((region) => region.nameEn));
  });
});

describe('fields', () => {
  test('are 1 to 16, the last undecided', () => {
    expect(fields.map((field) => field.id)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    expect(fields.find((field) => field.id === undecidedFieldId)?.nameKo).toBe('미정');
    expectUnique(fields.map((field) => field.nameKo));
    expectUnique(fields.map((field) => field.nameEn));
  });
});

describe('departments', () => {
  test('are at least 120, numbered without gaps', () => {
    expect(departments.length).toBeGreaterThanOrEqual(120);
    expect(departments.map((department) => department.id)).toEqual(departments.map((_, index) => index + 1));
  });

  test.each([
    [1, '컴퓨터공학과', 1],
    [38, '경영학과', 5],
  ])('%i stays %s', (id, nameKo, fieldId) => {
    expect(departments.find((department) => department.id === id)).toMatchObject({ nameKo, fieldId });
  });

  test('have names of their own', () => {
    expectUnique(departments.map((department) => department.nameKo));
    expectUnique(departments.map((department) => department.nameEn));
  });

  test('reach every field', () => {
    const used = new Set(departments.map((department) => department.fieldId));
    expect(fields.filter((field) => !used.has(field.id))).toEqual([]);
  });

  test('fit their columns', () => {
    for (const { nameKo, nameEn, aliases } of departments) {
      expect(nameKo.length).toBeLessThanOrEqual(60);
      expect(nameEn.length).toBeLessThanOrEqual(120);
      expect(aliases.join('\n').length).toBeLessThanOrEqual(400);
    }
  });

  test('do not list an alias twice, nor one that is the name of another', () => {
    const names = new Set(departments.map((department) => department.nameKo));
    for (const department of departments) {
      expectUnique([department.nameKo, ...department.aliases]);
      expect(department.aliases.filter((alias) => names.has(alias))).toEqual([]);
    }
  });
});
