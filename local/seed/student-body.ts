/** Which schools are large, and what is studied where. */
import type { Department } from '../../src/features/schools/departments.ts';
import type { School } from '../../src/features/schools/directory.ts';
import type { FieldId } from '../../src/features/schools/fields.ts';
import type { Draw } from './random.ts';

const largeSchools = [
  '서울대학교',
  '연세대학교',
  '고려대학교',
  '성균관대학교',
  '부산대학교',
  '한양대학교',
  '경희대학교',
  '이화여자대학교',
  '한국과학기술원',
  '전남대학교',
  '중앙대학교',
  '홍익대학교',
  '경북대학교',
  '한국외국어대학교',
  '인하대학교',
  '건국대학교',
  '동국대학교',
  '충남대학교',
  '전북대학교',
  '숙명여자대학교',
  '서울시립대학교',
  '서강대학교',
  '아주대학교',
  '단국대학교',
  '가천대학교',
  '국민대학교',
  '충북대학교',
  '강원대학교',
  '제주대학교',
  '세종대학교',
  '숭실대학교',
  '영남대학교',
  '계명대학교',
  '동아대학교',
  '조선대학교',
  '국립부경대학교',
  '인천대학교',
  '서울과학기술대학교',
  '국립공주대학교',
  '포항공과대학교',
];

/** Departments that most universities have, with many students. */
const largeDepartments = new Set([
  '컴퓨터공학과',
  '소프트웨어학과',
  '미디어커뮤니케이션학과',
  '광고홍보학과',
  '시각디자인학과',
  '건축학과',
  '경영학과',
  '경제학과',
  '신소재공학과',
  '교육학과',
  '간호학과',
  '무역학과',
  '관광경영학과',
  '화학과',
  '생명과학과',
  '기계공학과',
  '전기전자공학과',
  '행정학과',
  '사회복지학과',
  '체육학과',
  '음악학과',
  '국어국문학과',
  '영어영문학과',
  '심리학과',
  '자유전공학부',
]);

/** Schools that teach some fields only, by what their names say. */
const specialised: readonly { name: RegExp; fields?: readonly FieldId[]; departments?: readonly string[] }[] =
  [
    { name: /^(?!한국기술).*교육대학교$/, departments: ['초등교육과'] },
    { name: /신학대학교$/, departments: ['신학과'] },
    { name: /과학기술원$|포항공과대학교|에너지공과대학교/, fields: [1, 6, 11, 12] },
    { name: /예술종합학교|예술대학교/, fields: [3, 14] },
    { name: /체육대학교/, departments: ['체육학과', '스포츠과학과', '무용학과', '생활체육학과'] },
  ];

/** The largest first, the others as they were. */
export function orderBySize(schools: readonly School[]): School[] {
  const large = largeSchools.flatMap((nameKo) => schools.filter((school) => school.nameKo === nameKo));
  return [...large, ...schools.filter((school) => !largeSchools.includes(school.nameKo))];
}

const largeOf = new WeakMap<readonly Department[], readonly Department[]>();

/** The departments to pick a student's from. Three out of five people study one of the large ones. */
export function departmentsAt(
  school: School,
  departments: readonly Department[],
  draw: Draw,
): readonly Department[] {
  const rule = specialised.find(({ name }) => name.test(school.nameKo));
  const isLarge = draw.chance(0.6);
  if (rule !== undefined) {
    return departments.filter(
      ({ nameKo, fieldId }) =>
        (rule.departments?.includes(nameKo) ?? rule.fields?.includes(fieldId)) === true,
    );
  }
  if (!isLarge) return departments;
  const known = largeOf.get(departments) ?? departments.filter(({ nameKo }) => largeDepartments.has(nameKo));
  largeOf.set(departments, known);
  return known;
}
