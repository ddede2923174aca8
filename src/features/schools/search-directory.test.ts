import { describe, expect, test } from 'vitest';
import { departments } from './departments.ts';
import { schools } from './directory.ts';
import { createDirectory } from './search-directory.ts';

const directory = createDirectory(schools, departments);

function schoolNames(query: string, limit = 10): string[] {
  return directory.searchSchools(query, limit).map((school) => school.nameKo);
}

function departmentNames(query: string, limit = 10): string[] {
  return directory.searchDepartments(query, limit).map((department) => department.nameKo);
}

describe('searchSchools: the school one means comes first', () => {
  test.each([
    // Names
    ['서울대학교', '서울대학교'],
    ['  서울 대학교 ', '서울대학교'],
    ['서울대학교'.normalize('NFD'), '서울대학교'],
    ['국립부경대학교', '국립부경대학교'],
    ['부경대학교', '국립부경대학교'],
    ['건국대학교(글로컬)', '건국대학교 글로컬'],
    ['Seoul National University', '서울대학교'],
    ['korea university', '고려대학교'],
    ['korea univ', '고려대학교'],
    ['Univ. of Seoul', '서울시립대학교'],
    ['EWHA WOMANS', '이화여자대학교'],
    ['dong a', '동아대학교'],
    ["sookmyung women's", '숙명여자대학교'],
    ['sookmyung womens', '숙명여자대학교'],
    // Short forms that follow from the name
    ['서울대', '서울대학교'],
    ['대구대', '대구대학교'],
    ['대전대', '대전대학교'],
    ['서울여대', '서울여자대학교'],
    ['부산외대', '부산외국어대학교'],
    ['서울교대', '서울교육대학교'],
    ['창원대', '국립창원대학교'],
    ['건국대 글로컬', '건국대학교 글로컬'],
    // Nicknames
    ['연대', '연세대학교'],
    ['고대', '고려대학교'],
    ['카이스트', '한국과학기술원'],
    ['KAIST', '한국과학기술원'],
    ['포항공대', '포항공과대학교'],
    ['포스텍', '포항공과대학교'],
    ['성대', '성균관대학교'],
    ['한양대', '한양대학교'],
    ['에리카', '한양대학교'],
    ['이대', '이화여자대학교'],
    ['외대', '한국외국어대학교'],
    ['시립대', '서울시립대학교'],
    ['숙대', '숙명여자대학교'],
    ['경희대', '경희대학교'],
    ['중대', '중앙대학교'],
    ['건대', '건국대학교'],
    ['홍대', '홍익대학교'],
    ['단대', '단국대학교'],
    ['과기대', '서울과학기술대학교'],
    ['한예종', '한국예술종합학교'],
    ['방통대', '한국방송통신대학교'],
    ['코리아텍', '한국기술교육대학교'],
    ['유니스트', '울산과학기술원'],
    ['지스트', '광주과학기술원'],
    ['디지스트', '대구경북과학기술원'],
    ['항공대', '한국항공대학교'],
    ['카톨릭대', '가톨릭대학교'],
    // Former names
    ['안동대', '국립경국대학교'],
    ['경상대학교', '경상국립대학교'],
    ['산기대', '한국공학대학교'],
    // Domains and addresses
    ['snu', '서울대학교'],
    ['SKKU', '성균관대학교'],
    ['yonsei.ac', '연세대학교'],
    ['korea.ac.kr', '고려대학교'],
    ['@kaist.ac.kr', '한국과학기술원'],
    ['hong.gildong@g.skku.edu', '성균관대학교'],
    ['stu.jejunu.ac.kr', '제주대학교'],
    // On the way
    ['서강', '서강대학교'],
    ['이호', '이화여자대학교'],
    ['서울시', '서울시립대학교'],
    ['포항고', '포항공과대학교'],
    ['한야', '한양대학교'],
    ['연ㅅ', '연세대학교'],
    ['골', '고려대학교'],
    // Fragment
    ['시립', '서울시립대학교'],
    ['에너지', '한국에너지공과대학교'],
    ['전통문화', '한국전통문화대학교'],
    // 초성
    ['ㅋㅇㅅㅌ', '한국과학기술원'],
    ['ㅇㅎㅇㄷ', '이화여자대학교'],
    ['ㅍㅎㄱㄷ', '포항공과대학교'],
    ['ㅎㅇㅈ', '한국예술종합학교'],
    ['ㅅ ㄱ ㄱ ㄷ ㅎ', '성균관대학교'],
    // Words apart
    ['한국 교원', '한국교원대학교'],
    ['kyung hee', '경희대학교'],
    ['hankuk foreign', '한국외국어대학교'],
  ])('%s -> %s', (query, expected) => {
    expect(schoolNames(query)[0]).toBe(expected);
  });
});

describe('searchSchools: what else comes, and in which order', () => {
  test('same name, alias, prefix, word prefix, fragment, 초성', () => {
    const list = ['마산 가나', '다가나', '가나다', '나라', '가나', '거너'].map((nameKo, index) => ({
      nameKo,
      nameEn: `Name${index}`,
      aliases: nameKo === '나라' ? ['가나'] : [],
      emailDomains: [],
    }));
    const found = createDirectory(list, []).searchSchools('가나', 10);
    expect(found.map((school) => school.nameKo)).toEqual(['가나', '나라', '가나다', '마산 가나', '다가나']);
  });

  test('초성: prefix before fragment, each by name', () => {
    const list = ['바가나', '고나', '가나', '거나'].map((nameKo) => ({
      nameKo,
      nameEn: nameKo,
      aliases: [],
      emailDomains: [],
    }));
    const found = createDirectory(list, []).searchSchools('ㄱㄴ', 10);
    expect(found.map((school) => school.nameKo)).toEqual(['가나', '거나', '고나', '바가나']);
  });

  test('equal ranks are ordered by Korean name', () => {
    expect(schoolNames('교대', 20)).toEqual([
      '경인교육대학교',
      '공주교육대학교',
      '광주교육대학교',
      '대구교육대학교',
      '부산교육대학교',
      '서울교육대학교',
      '전주교육대학교',
      '진주교육대학교',
      '청주교육대학교',
      '춘천교육대학교',
      '한국기술교육대학교',
    ]);
  });

  test('a finished syllable comes before one that may become it', () => {
    const found = schoolNames('이', 20);
    expect(found.indexOf('이화여자대학교')).toBeLessThan(found.indexOf('인하대학교'));
  });

  test('an ambiguous short form brings all who use it', () => {
    expect(schoolNames('해양대').toSorted()).toEqual(['국립목포해양대학교', '국립한국해양대학교']);
    expect(schoolNames('충대')).toEqual(['충남대학교', '충북대학교']);
    expect(schoolNames('KNU')).toEqual(
      expect.arrayContaining(['강원대학교', '경북대학교', '국립공주대학교']),
    );
  });

  test('ㄳ, as keyboards join ㄱ and ㅅ, finds what ㄱㅅ finds', () => {
    expect(schoolNames('ㄳ', 50)).toEqual(schoolNames('ㄱㅅ', 50));
    expect(schoolNames('ㄳ', 50)).toContain('고신대학교');
  });

  test('no school twice, however many of its texts fit', () => {
    const found = schoolNames('대학교', 500);
    expect(new Set(found).size).toBe(found.length);
    expect(found.length).toBeGreaterThan(160);
  });

  test('at most the limit', () => {
    expect(schoolNames('대', 3)).toHaveLength(3);
    expect(schoolNames('대', 0)).toEqual([]);
    expect(schoolNames('대', -1)).toEqual([]);
  });

  test.each(['', '   ', '!!!', '@', '.', 'zzzz', '없는학교이름', 'ㅏ', 'ㅋㅋㅋㅋ', 'ac.kr', 'kr'])(
    '%j finds none',
    (query) => {
      expect(schoolNames(query)).toEqual([]);
    },
  );

  test('a search of any length ends', () => {
    expect(schoolNames('가'.repeat(100_000))).toEqual([]);
    expect(schoolNames('a.'.repeat(50_000))).toEqual([]);
  });

  test('every school is found first by its Korean and its English name', () => {
    expect(schools.filter((school) => directory.searchSchools(school.nameKo, 1)[0] !== school)).toEqual([]);
    expect(schools.filter((school) => directory.searchSchools(school.nameEn, 1)[0] !== school)).toEqual([]);
  });

  test('every school is found by every alias and every domain', () => {
    for (const school of schools) {
      for (const alias of school.aliases) expect(directory.searchSchools(alias, 10), alias).toContain(school);
      for (const domain of school.emailDomains)
        expect(directory.searchSchools(domain, 1)[0], domain).toBe(school);
    }
  });

  test('every school is found while its name is being typed, key by key', () => {
    for (const { nameKo } of schools) {
      for (let length = 2; length <= nameKo.length; length++) {
        expect(schoolNames(nameKo.slice(0, length), schools.length)).toContain(nameKo);
      }
    }
  });
});

describe('searchDepartments', () => {
  test.each([
    ['컴퓨터공학과', '컴퓨터공학과'],
    ['컴공', '컴퓨터공학과'],
    ['컴퓨터공학부', '컴퓨터공학과'],
    ['컴퓨터공학전공', '컴퓨터공학과'],
    ['컴퓨터과학과', '컴퓨터공학과'],
    ['경영', '경영학과'],
    ['경영학부', '경영학과'],
    ['경영하', '경영학과'],
    ['전전', '전기전자공학과'],
    ['전자과', '전자공학과'],
    ['신방', '미디어커뮤니케이션학과'],
    ['신문방송학과', '미디어커뮤니케이션학과'],
    ['화공', '화학공학과'],
    ['신소재', '신소재공학과'],
    ['국문', '국어국문학과'],
    ['자전', '자유전공학부'],
    ['무전공', '자율전공학부'],
    ['의대', '의예과'],
    ['computer science', '컴퓨터공학과'],
    ['nursing', '간호학과'],
    ['ai', '인공지능학과'],
    ['ㅅㄹㅎ', '심리학과'],
    ['ㅋㅍㅌㄱ', '컴퓨터공학과'],
    ['시각 디자', '시각디자인학과'],
  ])('%s -> %s', (query, expected) => {
    expect(departmentNames(query)[0]).toBe(expected);
  });

  test('every department is found first by either name, and by every alias', () => {
    for (const department of departments) {
      expect(directory.searchDepartments(department.nameKo, 1)[0]).toBe(department);
      expect(directory.searchDepartments(department.nameEn, 1)[0]).toBe(department);
      for (const alias of department.aliases)
        expect(directory.searchDepartments(alias, 10), alias).toContain(department);
    }
  });

  test('knows no e-mail domains', () => {
    expect(departmentNames('snu.ac.kr')).toEqual([]);
  });
});

describe('schoolForEmailDomain', () => {
  test.each([
    ['snu.ac.kr', '서울대학교'],
    ['SNU.AC.KR', '서울대학교'],
    ['Snu.Ac.Kr', '서울대학교'],
    ['mail.snu.ac.kr', '서울대학교'],
    ['a.b.c.snu.ac.kr', '서울대학교'],
    ['snu.ac.kr.snu.ac.kr', '서울대학교'],
    ['g.skku.edu', '성균관대학교'],
    ['skku.ac.kr', '성균관대학교'],
    ['dongguk.ac.kr', '동국대학교 WISE'],
    ['dongguk.edu', '동국대학교'],
    ['kku.ac.kr', '건국대학교 글로컬'],
    ['ewhain.net', '이화여자대학교'],
    ['xn--9d0b.snu.ac.kr', '서울대학교'],
    ['1.snu.ac.kr', '서울대학교'],
  ])('%s is of %s', (domain, nameKo) => {
    expect(directory.schoolForEmailDomain(domain)?.nameKo).toBe(nameKo);
  });

  test.each([
    ['another domain ending alike', 'evil-snu.ac.kr'],
    ['without a label boundary', 'evilsnu.ac.kr'],
    ['the domain as a sub-domain of another', 'snu.ac.kr.evil.com'],
    ['the domain in a label', 'snu-ac-kr.com'],
    ['a public suffix', 'ac.kr'],
    ['a top-level domain', 'kr'],
    ['a label alone', 'snu'],
    ['an unknown domain', 'gmail.com'],
    ['another top-level domain', 'snu.ac.jp'],
    ['a trailing dot', 'snu.ac.kr.'],
    ['a leading dot', '.snu.ac.kr'],
    ['an empty label', 'mail..snu.ac.kr'],
    ['an address', 'a@snu.ac.kr'],
    ['a space before', ' snu.ac.kr'],
    ['a space after', 'snu.ac.kr '],
    ['a space inside', 'evil.com snu.ac.kr'],
    ['a line end', 'snu.ac.kr\n'],
    ['a line before', 'evil.com\n.snu.ac.kr'],
    ['a null character', 'snu.ac.kr\0'],
    ['a path', 'evil.com/snu.ac.kr'],
    ['a port', 'snu.ac.kr:25'],
    ['a comment', '(x)snu.ac.kr'],
    ['an address literal', '[snu.ac.kr]'],
    ['a hyphen at a label’s edge', '-.snu.ac.kr'],
    ['an underscore', '_x.snu.ac.kr'],
    ['full-width letters', 'ｓｎｕ.ac.kr'],
    ['a full-width stop', 'mail．snu．ac．kr'],
    ['a Cyrillic look-alike', 'snu.аc.kr'],
    ['the Kelvin sign', '\u212Aaist.ac.kr'],
    ['the long s', '\u017Fnu.ac.kr'],
    ['a zero-width space', 's\u200Bnu.ac.kr'],
    ['a punycode look-alike', 'xn--nu-7lb.ac.kr'],
    ['a Korean sub-domain not in punycode', '한글.snu.ac.kr'],
    ['too long a label', `${'a'.repeat(64)}.snu.ac.kr`],
    ['too long a name', `${'a.'.repeat(130)}snu.ac.kr`],
    ['nothing', ''],
    ['a property of all objects', 'constructor'],
    ['__proto__', '__proto__.kr'],
  ])('%s belongs to none: %j', (_, domain) => {
    expect(directory.schoolForEmailDomain(domain)).toBeUndefined();
  });

  test('every domain and a sub-domain of it lead to their school', () => {
    for (const school of schools) {
      for (const domain of school.emailDomains) {
        expect(directory.schoolForEmailDomain(domain)).toBe(school);
        expect(directory.schoolForEmailDomain(`student.${domain.toUpperCase()}`)).toBe(school);
        expect(directory.schoolForEmailDomain(`x${domain}`)).not.toBe(school);
      }
    }
  });

  test('the longest domain wins', () => {
    const university = { nameKo: '큰학교', nameEn: 'Big', aliases: [], emailDomains: ['big.ac.kr'] };
    const campus = { nameKo: '분교', nameEn: 'Campus', aliases: [], emailDomains: ['campus.big.ac.kr'] };
    for (const list of [
      [university, campus],
      [campus, university],
    ]) {
      const small = createDirectory(list, []);
      expect(small.schoolForEmailDomain('campus.big.ac.kr')).toBe(campus);
      expect(small.schoolForEmailDomain('mail.campus.big.ac.kr')).toBe(campus);
      expect(small.schoolForEmailDomain('othercampus.big.ac.kr')).toBe(university);
    }
  });

  test('the first of two that claim one domain keeps it', () => {
    const first = { nameKo: '가', nameEn: 'A', aliases: [], emailDomains: ['same.ac.kr'] };
    const second = { nameKo: '나', nameEn: 'B', aliases: [], emailDomains: ['same.ac.kr'] };
    expect(createDirectory([first, second], []).schoolForEmailDomain('same.ac.kr')).toBe(first);
  });

  test('an empty directory knows none', () => {
    expect(createDirectory([], []).schoolForEmailDomain('snu.ac.kr')).toBeUndefined();
    expect(createDirectory([], []).searchSchools('서울', 10)).toEqual([]);
  });
});
