import type { Settings } from 'meilisearch';
import { REACHABLE_HITS } from '../../../platform/search.ts';
import { seedDepartments } from '../../schools/index.ts';

/** Of every index. */
export const commonSettings = {
  localizedAttributes: [{ attributePatterns: ['*'], locales: ['kor', 'eng'] }],
  pagination: { maxTotalHits: REACHABLE_HITS },
  /** Below our own deadline: an answer that is not complete beats none. */
  searchCutoffMs: 700,
  facetSearch: false,
} satisfies Settings;

/** For names, schools and tags: what is nearly a name is another name. */
export const noTypos = { enabled: false } satisfies Settings['typoTolerance'];

/**
 * The engine counts Hangul by jamo: 한국 is six. One typo from about three syllables on, two from about five; English
 * words accordingly.
 */
export const typosInText = {
  enabled: true,
  minWordSizeForTypos: { oneTypo: 8, twoTypos: 15 },
  disableOnNumbers: true,
} satisfies Settings['typoTolerance'];

/** Particles and endings that say nothing by themselves. No `it`: here that is a field. */
export const stopWords = (
  '을 를 이 가 은 는 의 에 에서 로 으로 와 과 도 만 까지 부터 에게 한테 께 께서 이나 라도 처럼 보다 이랑 랑 ' +
  '입니다 습니다 이다 했다 했습니다 합니다 하고 하는 하며 a an the of in on at to for and or is was'
).split(' ');

/** Words of student life that a dictionary of Korean does not know, and would take apart. */
export const dictionary = (
  '취준 취준생 자소서 포폴 스펙 대외활동 서포터즈 공모전 해커톤 캡스톤 부트캠프 스터디 인턴십 학점연계 복수전공 ' +
  '백엔드 프론트엔드 풀스택 데브옵스 노코드 바이브코딩 머신러닝 딥러닝 빅데이터 피그마 노션 깃허브 파이썬 자바스크립트 ' +
  '타입스크립트 리액트 스프링부트 블록체인 메타버스 핀테크 에듀테크 헬스케어 브랜딩 퍼포먼스마케팅 콘텐츠마케팅 숏폼 ' +
  '쇼케이스 데모데이 네트워킹 멘토링 팀플 학부연구생 교환학생 워킹홀리데이 루프어스'
).split(' ');

/** Each row means the same. */
const sameWords = [
  ['취준', '취업준비'],
  ['자소서', '자기소개서'],
  ['포폴', '포트폴리오', 'portfolio'],
  ['알바', '아르바이트'],
  ['팀플', '팀프로젝트', '조별과제'],
  ['인턴', '인턴십', 'intern', 'internship'],
  ['공모전', '콘테스트', 'contest'],
  ['해커톤', 'hackathon'],
  ['스터디', 'study'],
  ['동아리', '학회'],
  ['교환학생', '교환 학생', 'exchange student'],
  ['백엔드', 'backend'],
  ['프론트엔드', '프론트', 'frontend'],
  ['풀스택', 'fullstack'],
  ['개발자', 'developer'],
  ['디자이너', 'designer'],
  ['디자인', 'design'],
  ['마케팅', 'marketing'],
  ['인공지능', 'ai', 'artificial intelligence'],
  ['머신러닝', '기계학습', 'machine learning'],
  ['딥러닝', 'deep learning'],
  ['빅데이터', 'big data'],
  ['데이터 분석', '데이터분석', 'data analysis'],
  ['파이썬', 'python'],
  ['자바스크립트', 'javascript', 'js'],
  ['타입스크립트', 'typescript', 'ts'],
  ['리액트', 'react'],
  ['자바', 'java'],
  ['피그마', 'figma'],
  ['노션', 'notion'],
  ['깃허브', 'github'],
  ['유튜브', 'youtube'],
  ['스타트업', 'startup'],
  ['봉사', '봉사활동', 'volunteer'],
  ['연구실', '랩실', '랩'],
  ['학부연구생', '학연생'],
  ['토익', 'toeic'],
  ['자격증', 'certificate'],
] as const;

/** Short forms of departments: 컴공 is 컴퓨터공학과. Those of our own catalogue; what staff add later waits for a deploy. */
function departmentSynonyms(): [string, string][] {
  return seedDepartments.flatMap(({ nameKo, aliases }) =>
    aliases.filter((alias) => /^[가-힣]+$/.test(alias)).map((alias): [string, string] => [alias, nameKo]),
  );
}

/** For running text: what else a word is searched as. */
export const synonyms: Record<string, string[]> = collect([
  ...sameWords.flatMap((row) =>
    row.flatMap((word) =>
      row.filter((other) => other !== word).map((other): [string, string] => [word, other]),
    ),
  ),
  ...departmentSynonyms().flatMap(([alias, name]): [string, string][] => [
    [alias, name],
    [name, alias],
  ]),
]);

function collect(pairs: readonly [string, string][]): Record<string, string[]> {
  const collected: Record<string, string[]> = {};
  for (const [word, other] of pairs) {
    const others = (collected[word] ??= []);
    if (!others.includes(other)) others.push(other);
  }
  return collected;
}
